export interface Retry {
  /** How often an event is handled before its key is parked. */
  readonly attempts: number;
  /** The wait before the second attempt; doubles with each further one. */
  readonly backoffMs: number;
  /** No wait is longer. */
  readonly longestMs: number;
}

export const DEFAULT_RETRY: Retry = { attempts: 5, backoffMs: 50, longestMs: 10_000 };

/**
 * Half of the exponential wait is certain and half is drawn, so that keys that failed together do not come back together.
 * `attempt` counts from 1; `random` is in [0, 1).
 */
export function delayAfter(attempt: number, { backoffMs, longestMs }: Retry, random: number): number {
  const full = Math.min(longestMs, backoffMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random;
}
