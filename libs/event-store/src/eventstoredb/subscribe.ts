import type { SubscribeOptions, SubscriptionPage } from '../port';
import type { Connection } from './connection';
import { LiveFeed } from './live-feed';
import { pause } from './patience';
import { Watchdog } from './watchdog';

export interface WatchOptions {
  /** A quiet subscription is compared with the log after so long, and then less and less often. */
  readonly watchMs: number;
  /** Hears of a subscription that failed more than once without delivering anything in between. */
  readonly onTrouble: (error: unknown) => void;
}

/** A subscription that stays quiet is looked at so many times less often. */
const LONGEST_WATCH = 4;

/** One feed after the other, each from where the one before it had come to. */
export async function* subscribe(connection: Connection, { after, prefixes, signal }: SubscribeOptions, { watchMs, onTrouble }: WatchOptions): AsyncGenerator<SubscriptionPage, void, undefined> {
  const ending = AbortSignal.any([signal, connection.closed]);
  let position = after;
  for (let failures = 0; !ending.aborted; ) {
    const feed = new LiveFeed({ client: connection.client, after: position, prefixes });
    const watchdog = new Watchdog(connection, feed, prefixes);
    const end = () => feed.close();
    ending.addEventListener('abort', end, { once: true });
    try {
      for (let watch = 1; !ending.aborted; ) {
        const page = await feed.next(watchMs * watch);
        if (ending.aborted) return;
        if (page === undefined) {
          await watchdog.look();
          watch = Math.min(LONGEST_WATCH, watch * 2);
          continue;
        }
        position = page.position;
        yield page;
        failures = 0;
        if (page.events.length > 0) watch = 1;
      }
    } catch (error) {
      // Every error is the same here: in a burst the server gives up even the fastest reader.
      if (++failures > 1) onTrouble(error);
    } finally {
      ending.removeEventListener('abort', end);
      feed.close();
    }
    if (failures > 1) await pause(failures - 1, ending);
  }
}
