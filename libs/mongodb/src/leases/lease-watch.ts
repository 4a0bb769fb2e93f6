import type { Clock } from '@tillroll/kernel';
import type { Lease } from './lease-book';

/** Tells whether a lease of somebody else has ended, by what this process has seen of it. */
export class LeaseWatch {
  private seen: Lease | undefined;
  private isSilent = false;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** `newest`: what was just read. */
  isOver(newest: Lease | undefined): boolean {
    if (newest === undefined || newest.isFree) return true;
    if (newest.epoch === this.seen?.epoch && newest.beat === this.seen.beat) return this.isSilent;
    this.end();
    this.seen = newest;
    this.isSilent = false;
    this.cancel = this.clock.wakeAt(this.clock.now() + this.leaseMs, () => (this.isSilent = true));
    return false;
  }

  end(): void {
    this.cancel();
  }
}
