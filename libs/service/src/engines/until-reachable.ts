import { StoreUnavailable } from '@tillroll/event-store';
import type { Log } from '@tillroll/http';
import { type Clock, sleep } from '@tillroll/kernel';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Asks again for as long as the engine is away: engines and services may be started in any order. Other errors are passed on. */
export async function untilReachable<T>(what: string, ask: () => Promise<T>, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.warn({ error: error.message, retryInMs: pauseMs }, `${what} does not answer`);
      await sleep(clock, pauseMs);
    }
  }
}
