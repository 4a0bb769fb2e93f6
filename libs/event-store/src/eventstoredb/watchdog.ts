import type { EventStoreDBClient } from '@eventstore/db-client';
import { headOf, logPages } from './log-reader';
import type { LiveFeed } from './live-feed';
import { matching } from './matching';
import { Silent } from './pages';

export interface WatchdogOptions {
  readonly client: EventStoreDBClient;
  readonly feed: LiveFeed;
  readonly prefixes: readonly string[] | undefined;
  readonly silenceMs: number;
}

/** A filtered subscription tells its position every 32 records: one that is so far behind and says nothing is dead. */
const LONGEST_SILENT_STRETCH = 100;

/**
 * Looks at the log itself when a subscription is quiet: either nothing that matches is there, and the position moves on, or something
 * has been there for two looks in a row and was not delivered. Then the subscription is dead: throws {@link Silent}.
 */
export class Watchdog {
  private suspicious: number | undefined;

  constructor(private readonly options: WatchdogOptions) {}

  async look(): Promise<void> {
    const { client, feed, prefixes, silenceMs } = this.options;
    const from = feed.position;
    const head = await headOf(client, silenceMs);
    if (head <= from) return this.clear();
    const matches = matching(prefixes);
    let reached = from;
    let seen = 0;
    for await (const records of logPages(client, { after: from, limit: LONGEST_SILENT_STRETCH, page: LONGEST_SILENT_STRETCH + 1, silenceMs })) {
      for (const { event, position } of records) {
        if (prefixes === undefined || (event !== undefined && matches(event))) return this.suspect(position);
        reached = position;
        seen++;
      }
    }
    if (seen >= LONGEST_SILENT_STRETCH) return this.suspect(reached);
    this.clear();
    feed.moveTo(reached);
  }

  private clear(): void {
    this.suspicious = undefined;
  }

  private suspect(position: number): void {
    if (this.options.feed.position >= position) return this.clear();
    if (this.suspicious === position) throw new Silent(`a subscription has not delivered what is at position ${position}`);
    this.suspicious = position;
  }
}
