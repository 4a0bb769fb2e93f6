import type { Clock, EpochMs } from '@tillroll/kernel';

/** A ledger that cannot write now (disk full) may be able to later. */
const RETRY_MS = 1_000;

/** Does work at the earliest of the times that it is told, and again at the next one. */
export class Alarm {
  private cancel: (() => void) | undefined;
  private ringsAt = Number.POSITIVE_INFINITY;
  private running = false;

  constructor(
    private readonly clock: Clock,
    /** Resolves with the next time to ring, if any. */
    private readonly work: () => Promise<EpochMs | undefined>,
  ) {}

  start(at: EpochMs | undefined): void {
    this.running = true;
    this.set(at);
  }

  stop(): void {
    this.running = false;
    this.disarm();
  }

  /** A time that is later than the one that is set changes nothing. */
  set(at: EpochMs | undefined): void {
    if (!this.running || at === undefined || at >= this.ringsAt) return;
    this.disarm();
    this.ringsAt = at;
    this.cancel = this.clock.wakeAt(at, () => void this.ring());
  }

  private disarm(): void {
    this.cancel?.();
    this.ringsAt = Number.POSITIVE_INFINITY;
  }

  private async ring(): Promise<void> {
    this.ringsAt = Number.POSITIVE_INFINITY;
    this.set(await this.work().catch(() => this.clock.now() + RETRY_MS));
  }
}
