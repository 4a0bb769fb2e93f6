import { randomUUID } from 'node:crypto';
import { type BusLogger, silentLogger } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import { type Leadership, LedNames } from '@tillroll/processing';
import type { LeaseBook } from './lease-book';
import { LedByLease } from './led-by-lease';

export interface LeaseTimes {
  /** Another leads when there was no sign of life for so long, as it has seen itself. Default: 5 s. */
  readonly leaseMs: number;
  /** Between two signs of life, and between two looks at the leases of others. Default: 1.5 s. */
  readonly renewMs: number;
  /** A leader that cannot leave a sign of life gives up after so long: before another can lead. Default: 4 s. */
  readonly holdMs: number;
}

export interface LeasedLeadershipOptions {
  readonly book: LeaseBook;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  readonly times?: LeaseTimes;
}

const TIMES: LeaseTimes = { leaseMs: 5_000, renewMs: 1_500, holdMs: 4_000 };

/**
 * Leadership by leases that all processes see. Nobody's clock is compared with another's: who waits for a lease to end
 * measures the time since it saw the last sign of life itself, and whoever leads measures from before it sent one.
 */
export function leasedLeadership({ book, clock, logger = silentLogger, times = TIMES }: LeasedLeadershipOptions): Leadership {
  if (times.holdMs >= times.leaseMs || times.renewMs >= times.holdMs) throw new TypeError('a leader must renew before it gives up, and give up before the lease ends');
  const names = new LedNames();
  const holder = randomUUID();
  return {
    lead: (name, work) => names.add(name, () => new LedByLease({ name, work, holder, book, clock, logger, times })),
    stop: () => names.stopAll(),
  };
}
