import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailable } from '../port';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** Pauses between the tries of one thing, and an end to them. */
export class Patience {
  private until: number;
  private tries = 0;

  constructor(
    private readonly ms: number,
    private readonly signal: AbortSignal,
  ) {
    this.until = Date.now() + ms;
  }

  /** Something was done: the time begins anew. */
  renew(): void {
    this.until = Date.now() + this.ms;
    this.tries = 0;
  }

  /** Resolves when it is time for another try; rejects with {@link StoreUnavailable} when there is to be none. */
  async next(cause: unknown): Promise<void> {
    if (cause instanceof StoreUnavailable || cause instanceof RangeError) throw cause;
    if (Date.now() >= this.until || this.signal.aborted) throw new StoreUnavailable('the event store cannot be reached', { cause });
    await pause(++this.tries, this.signal);
  }
}

/** Longer with each try, and never the same for two who wait. */
export async function pause(tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
  await wait(ms * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
