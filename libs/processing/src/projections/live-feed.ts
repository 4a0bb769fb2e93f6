import type { BusLogger } from '@tillroll/event-bus';
import { type Clock, sleep } from '@tillroll/kernel';
import type { ProjectionStore } from '@tillroll/read-models';
import type { EventLog, LogPage } from './event-log';
import { type Fed, type Feed, type FeedSet, feedPage, feedSet } from './feed';
import { fill } from './fill';
import { textOf } from './fold';
import { Pace } from './pace';

export interface LiveFeedOptions {
  readonly log: EventLog;
  readonly store: ProjectionStore;
  readonly clock: Clock;
  readonly logger: BusLogger;
  /** After each page that was fed. */
  readonly fed: (fed: readonly Fed[]) => void;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
/** Catching up beside the live feed ends here; the rest is fed while the live feed waits. */
const NEARLY_THERE = 3;

/** Long enough for the events of one request to come together, short beside what a person notices. */
const PAUSE_MS = 10;

/** The one subscription that feeds all generations that have caught up with it. */
export class LiveFeed {
  private set: FeedSet = feedSet([]);
  private turn: Promise<unknown> = Promise.resolve();
  private readonly pace = new Pace(PAUSE_MS);

  constructor(private readonly options: LiveFeedOptions) {}

  /** Follows the log behind the position until the signal aborts. An outage of the log or the store is waited out. */
  async run(after: number, signal: AbortSignal): Promise<void> {
    let position = after;
    await this.retrying(signal, async (succeeded) => {
      for await (const page of this.options.log.follow(position, signal)) {
        await this.alone(() => this.feed(page));
        position = page.position;
        succeeded();
        await this.pace.pause();
      }
    });
  }

  /** Somebody waits for what comes next. */
  hurry(): void {
    this.pace.hurry();
  }

  /** Runs when no page is being fed, and none is until it ends. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Only for feeds that are at the position of the live feed or beyond. */
  add(feeds: readonly Feed[]): void {
    this.set = feedSet([...this.set.feeds, ...feeds.filter(({ failure }) => failure === undefined)]);
  }

  remove(feed: Feed): void {
    this.set = feedSet(this.set.feeds.filter((other) => other !== feed));
  }

  feeds(feed: Feed): boolean {
    return this.set.feeds.includes(feed);
  }

  /** Feeds up to the present end, beside the live feed. Feeds that fail are left behind. Rejects only when the signal aborts. */
  async catchUp(feeds: readonly Feed[], signal: AbortSignal, onBatch?: (events: number) => void): Promise<void> {
    await this.retrying(signal, async () => {
      for (let round = 0; round < NEARLY_THERE; round++) await this.fill(feeds, signal, onBatch);
    });
  }

  /** Feeds what is left, and from then on live: all that are fed are then at one place. Rejects only when the signal aborts. */
  async join(feeds: readonly Feed[], signal: AbortSignal): Promise<void> {
    await this.retrying(signal, () =>
      this.alone(async () => {
        await this.fill([...this.set.feeds, ...feeds], signal);
        this.dropFailed();
        this.add(feeds);
      }),
    );
    this.options.fed([]);
  }

  private async fill(feeds: readonly Feed[], signal: AbortSignal, onBatch?: (events: number) => void): Promise<void> {
    const hungry = feeds.filter(({ failure }) => failure === undefined);
    if (hungry.length === 0) return;
    const { log, store, fed } = this.options;
    await fill(feedSet(hungry), { log, store, signal, fed, ...(onBatch === undefined ? {} : { onBatch }) });
  }

  private async feed(page: LogPage): Promise<void> {
    const fed = await feedPage(this.options.store, this.set, page);
    if (fed.some(({ failed }) => failed)) this.dropFailed();
    this.options.fed(fed);
  }

  private dropFailed(): void {
    this.set = feedSet(this.set.feeds.filter(({ failure }) => failure === undefined));
  }

  private async retrying(signal: AbortSignal, work: (succeeded: () => void) => Promise<void>): Promise<void> {
    const { clock, logger } = this.options;
    let wait = FIRST_RETRY_MS;
    for (;;) {
      try {
        return await work(() => (wait = FIRST_RETRY_MS));
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ error: textOf(error), retryInMs: wait }, 'projections cannot go on');
        await sleep(clock, wait, signal);
        wait = Math.min(2 * wait, LONGEST_RETRY_MS);
      }
    }
  }
}
