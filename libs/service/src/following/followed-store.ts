import type { BusLogger } from '@tillroll/event-bus';
import type { Appended, EventStore, ExpectedRevision, NewEvent, ReadOptions, RecordedEvent, SubscribeOptions, SubscriptionPage } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import { KnownPosition } from './known-position';
import { RecentPages } from './recent-pages';

export interface FollowedStoreOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly logger: BusLogger;
  /** How many events of late are kept in memory. Default: 5,000. */
  readonly recentEvents?: number;
}

type Listener = (events: readonly RecordedEvent[]) => void;

const RECENT_EVENTS = 5_000;
const ASK_AGAIN_MS = 200;

/**
 * An event store that is a process of its own, followed once for everybody in this one: subscribers share one
 * subscription and what it brought of late; one that is further behind, or too slow, reads the log by itself until it
 * has caught up. So this process knows of every event soon after it was written, whoever wrote it, and how far the log is.
 */
export class FollowedStore implements EventStore {
  private readonly recent: RecentPages;
  private readonly known = new KnownPosition();
  private readonly listeners: Listener[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private lastFailure: string | undefined;

  constructor(private readonly options: FollowedStoreOptions) {
    this.recent = new RecentPages(options.recentEvents ?? RECENT_EVENTS);
  }

  /** Begins to follow at the present end. Before anything else is asked. */
  async start(): Promise<void> {
    const head = await this.options.store.head();
    this.known.met(head);
    this.recent.startAt(head);
    this.following = this.follow();
  }

  /** The position of the last event that is known of here: of all that this process wrote, and of others' a moment ago. */
  get knownHead(): number {
    return this.known.position;
  }

  /** Why the log cannot be followed at the moment. */
  get failure(): string | undefined {
    return this.lastFailure;
  }

  /** Told of all events as they come, in the order of the log, before subscribers are. Must not throw. */
  onEvents(listener: Listener): void {
    this.listeners.push(listener);
  }

  async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const appended = await this.options.store.append(streamId, expected, events);
    this.known.met(appended.position);
    return appended;
  }

  readStream(streamId: string, options?: ReadOptions): AsyncIterable<readonly RecordedEvent[]> {
    return this.options.store.readStream(streamId, options);
  }

  readAll(options: Parameters<EventStore['readAll']>[0]): AsyncIterable<SubscriptionPage> {
    return this.options.store.readAll(options);
  }

  async *subscribe({ after, prefixes, signal }: SubscribeOptions): AsyncIterable<SubscriptionPage> {
    const isWanted = ({ streamId }: RecordedEvent) => prefixes === undefined || prefixes.some((prefix) => streamId.startsWith(prefix));
    let wake = () => {};
    const stop = () => wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (let position = after; !this.hasEnded(signal); ) {
        if (position < this.recent.begin) {
          const { end } = this.recent;
          for await (const page of this.options.store.readAll({ after: position, ...(prefixes === undefined ? {} : { prefixes }) })) {
            if (this.hasEnded(signal)) return;
            position = page.position;
            yield page;
          }
          // A read with prefixes may end at its last match.
          position = Math.max(position, end);
        }
        let number = this.recent.numberBehind(position);
        while (!this.hasEnded(signal)) {
          const page = this.recent.at(number);
          if (page === undefined && number < this.recent.next) break;
          if (page === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              this.waiting.add(resolve);
            });
            continue;
          }
          number++;
          if (page.position <= position) continue;
          const from = position;
          position = page.position;
          yield { events: page.events.filter((event) => event.position > from && isWanted(event)), position };
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.waiting.delete(wake);
    }
  }

  head(): Promise<number> {
    return this.options.store.head();
  }

  truncateStream(streamId: string, before: number): Promise<void> {
    return this.options.store.truncateStream(streamId, before);
  }

  deleteStream(streamId: string): Promise<void> {
    return this.options.store.deleteStream(streamId);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('the event store was closed'));
    this.wakeAll();
    await this.following;
    await this.options.store.close();
  }

  private hasEnded(signal: AbortSignal): boolean {
    return signal.aborted || this.stopping.signal.aborted;
  }

  private async follow(): Promise<void> {
    const { store, clock, logger } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const page of store.subscribe({ after: this.recent.end, signal })) {
          this.lastFailure = undefined;
          this.take(page);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.lastFailure = error instanceof Error ? error.message : String(error);
        logger.warn({ error: this.lastFailure }, 'the log cannot be followed');
      }
      await sleep(clock, ASK_AGAIN_MS, signal).catch(() => undefined);
    }
  }

  private take(page: SubscriptionPage): void {
    this.recent.add(page);
    this.known.met(page.position);
    if (page.events.length > 0) for (const tell of this.listeners) tell(page.events);
    this.wakeAll();
  }

  private wakeAll(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const wake of waiting) wake();
  }
}
