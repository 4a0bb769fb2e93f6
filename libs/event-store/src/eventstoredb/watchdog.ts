import type { Connection } from './connection';
import type { LiveFeed } from './live-feed';
import { headOf, logPages } from './log-reader';
import { matching } from './matching';
import { Silent } from './pages';

/** A filtered subscription tells its position every 32 records: one that is so far behind and says nothing is dead. */
const LONGEST_SILENT_STRETCH = 100;

/**
 * Looks at the log itself when a subscription is quiet: either nothing that matches is there, and the position moves on, or something
 * has been there for two looks in a row and was not delivered. Then the subscription is dead.
 */
export class Watchdog {
  private suspicious: number | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly feed: LiveFeed,
    private readonly prefixes: readonly string[] | undefined,
  ) {}

  /** Throws {@link Silent} when the subscription is dead. */
  async look(): Promise<void> {
    const from = this.feed.position;
    if ((await headOf(this.connection)) <= from) return this.clear();
    const matches = matching(this.prefixes);
    let reached = from;
    let seen = 0;
    for await (const records of logPages(this.connection, from, LONGEST_SILENT_STRETCH)) {
      for (const { event, position } of records) {
        if (this.prefixes === undefined || (event !== undefined && matches(event))) return this.suspect(position);
        reached = position;
        seen++;
      }
    }
    if (seen >= LONGEST_SILENT_STRETCH) return this.suspect(reached);
    this.clear();
    this.feed.moveTo(reached);
  }

  private clear(): void {
    this.suspicious = undefined;
  }

  private suspect(position: number): void {
    if (this.feed.position >= position) return this.clear();
    if (this.suspicious === position) throw new Silent(`a subscription has not delivered what is at position ${position}`);
    this.suspicious = position;
  }
}
