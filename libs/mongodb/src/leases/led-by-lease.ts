import type { BusLogger } from '@tillroll/event-bus';
import { type Clock, sleep } from '@tillroll/kernel';
import { type Lead, runOnce } from '@tillroll/processing';
import { HeldLease } from './held-lease';
import type { Lease, LeaseBook } from './lease-book';
import type { LeaseTimes } from './leased-leadership';
import { LeaseWatch } from './lease-watch';

export interface LedByLeaseOptions {
  readonly name: string;
  readonly work: Lead;
  readonly holder: string;
  readonly book: LeaseBook;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly times: LeaseTimes;
}

const PAUSE_MS = 1_000;

/** One name: waits for its lease, does the work while it has it, and waits again. */
export class LedByLease {
  private readonly stopping = new AbortController();
  private held: HeldLease | undefined;
  private readonly ended: Promise<void>;

  constructor(private readonly options: LedByLeaseOptions) {
    this.ended = this.goOn();
  }

  get epoch(): number | undefined {
    const { held } = this;
    return held === undefined || held.lost.aborted || this.stopping.signal.aborted ? undefined : held.epoch;
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error(`${this.options.name} was stopped`));
    await this.ended;
  }

  private async goOn(): Promise<void> {
    const { name, work, logger, clock } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const held = await this.untilHeld();
      if (held === undefined) return;
      this.held = held;
      await runOnce({ name, work, signal: AbortSignal.any([signal, held.lost]), epoch: held.epoch, logger });
      this.held = undefined;
      const wasLost = held.lost.aborted;
      await held.end();
      if (wasLost) logger.warn({ led: name, epoch: held.epoch }, 'the lease was lost');
      else await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
    }
  }

  /** Undefined when it is stopped. */
  private async untilHeld(): Promise<HeldLease | undefined> {
    const { book, clock, name, times, logger } = this.options;
    const { signal } = this.stopping;
    const watch = new LeaseWatch(clock, times.leaseMs);
    let isOut = false;
    try {
      while (!signal.aborted) {
        try {
          const newest = await book.newest(name);
          if (signal.aborted) return undefined;
          const held = watch.isOver(newest) ? await this.take(newest) : undefined;
          if (held !== undefined) return held;
          isOut = false;
        } catch (error) {
          if (!isOut) logger.warn({ led: name, error: String(error) }, 'leases cannot be read');
          isOut = true;
        }
        await sleep(clock, times.renewMs, signal).catch(() => undefined);
      }
      return undefined;
    } finally {
      watch.end();
    }
  }

  private async take(newest: Lease | undefined): Promise<HeldLease | undefined> {
    const { book, clock, name, holder, times } = this.options;
    const held = new HeldLease({ book, clock, times, lease: { name, holder, epoch: (newest?.epoch ?? 0) + 1, beat: 0, isFree: false } });
    return (await held.take()) ? held : undefined;
  }
}
