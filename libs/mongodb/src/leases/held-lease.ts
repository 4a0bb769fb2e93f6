import { type Clock, sleep } from '@tillroll/kernel';
import type { Lease, LeaseBook } from './lease-book';
import type { LeaseTimes } from './leased-leadership';

export interface HeldLeaseOptions {
  readonly lease: Lease;
  readonly book: LeaseBook;
  readonly clock: Clock;
  readonly times: LeaseTimes;
}

/** A lease that this process has: renewed until {@link end}, lost when that does not succeed for too long. */
export class HeldLease {
  private readonly losing = new AbortController();
  private readonly ending = new AbortController();
  private cancelDeadline: () => void = () => undefined;
  private renewing: Promise<void> = Promise.resolve();
  private lease: Lease;

  constructor(private readonly options: HeldLeaseOptions) {
    this.lease = options.lease;
  }

  get epoch(): number {
    return this.lease.epoch;
  }

  /** Aborts before anybody else can lead. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** False, with nothing held, when another was faster. When it rejects, nobody may hold it: it ends like any other that is silent. */
  async take(): Promise<boolean> {
    const deadline = this.deadlineFromNow();
    try {
      if ((await this.options.book.take(this.lease)) && !this.lost.aborted) {
        this.cancelDeadline = deadline;
        this.renewing = this.renewAgainAndAgain();
        return true;
      }
    } catch (error) {
      deadline();
      throw error;
    }
    deadline();
    return false;
  }

  /** Renews no more, and lets another lead unless another does already. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.renewing;
    this.cancelDeadline();
    if (!this.lost.aborted) await this.options.book.giveBack(this.lease).catch(() => undefined);
  }

  private async renewAgainAndAgain(): Promise<void> {
    const { clock, times } = this.options;
    const until = AbortSignal.any([this.ending.signal, this.lost]);
    while (!until.aborted) {
      await sleep(clock, times.renewMs, until).catch(() => undefined);
      if (!until.aborted) await this.renew();
    }
  }

  private async renew(): Promise<void> {
    const deadline = this.deadlineFromNow();
    const next = { ...this.lease, beat: this.lease.beat + 1 };
    this.lease = next;
    try {
      if (!(await this.options.book.renew(next))) this.lose('another leads now');
      if (this.lost.aborted) return deadline();
      this.cancelDeadline();
      this.cancelDeadline = deadline;
    } catch {
      // The deadline of the last success holds; until then it is tried again.
      deadline();
    }
  }

  /** Counted from before the sign of life is sent: others count from when they see it. */
  private deadlineFromNow(): () => void {
    const { clock, times } = this.options;
    return clock.wakeAt(clock.now() + times.holdMs, () => this.lose('the lease could not be renewed'));
  }

  private lose(why: string): void {
    this.losing.abort(new Error(`${this.lease.name}: ${why}`));
  }
}
