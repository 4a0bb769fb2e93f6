import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AllStreamResolvedEvent, type AllStreamSubscription, type EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import { BEGINNING, type RecordedEvent, type SubscriptionPage } from '../port';
import { logPositionOf, recordedEvent } from './recorded-event';
import { safeInteger } from './safe-integer';

export interface FeedOptions {
  readonly client: EventStoreDBClient;
  readonly after: number;
  readonly prefixes: readonly string[] | undefined;
  /** So many events wait for a slow reader; then the client's stream waits, and in a burst the server gives it up. Default: 2,000. */
  readonly backlog?: number;
}

const LARGEST_BACKLOG = 2_000;

/** No stream has such a name: for a subscription to no prefix at all. */
const NOTHING = '$nothing';

/** One subscription of the client, until it fails, which is how each of them ends. */
export class LiveFeed {
  private readonly subscription: AllStreamSubscription;
  private readonly backlog: number;
  private events: RecordedEvent[] = [];
  private reached: number;
  private taken: number;
  private failure: Error | undefined;
  private isClosed = false;
  private wake = () => {};
  private drained = () => {};
  /** When something came last, or the feed began. */
  lastHeard = Date.now();

  constructor({ client, after, prefixes, backlog = LARGEST_BACKLOG }: FeedOptions) {
    this.backlog = backlog;
    this.reached = this.taken = after;
    this.subscription = client.subscribeToAll({
      // An event's commit and prepare position are the same. Of a checkpoint, whose prepare position may be 0, the first record at
      // or behind its commit position was looked at already: it is the one that a subscription skips.
      fromPosition: after === BEGINNING ? START : { commit: BigInt(after), prepare: BigInt(after) },
      ...(prefixes === undefined ? {} : { filter: streamNameFilter({ prefixes: prefixes.length === 0 ? [NOTHING] : [...prefixes], checkpointInterval: 1, checkpointReached: (_, { commit }) => this.checkpoint(commit) }) }),
    });
    this.subscription.on('data', (resolved) => this.arrive(resolved));
    // The only end there is; without this listener the process would end with it.
    this.subscription.on('error', (error) => this.fail(error));
  }

  /** How far everything that matches has arrived. */
  get position(): number {
    return this.reached;
  }

  /** What has arrived since the last call, once there is something; undefined when nothing came until `wakeAt`. Throws when the subscription has failed. */
  async next(waitMs: number): Promise<SubscriptionPage | undefined> {
    if (this.reached === this.taken && this.failure === undefined && !this.isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      // What came over the socket together makes one page.
      await nextTurn();
    }
    if (this.reached > this.taken) return this.take();
    if (this.failure !== undefined) throw this.failure;
    return undefined;
  }

  /** Somebody else has seen that nothing that matches is up to here. */
  moveTo(position: number): void {
    this.reached = Math.max(this.reached, position);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.wake();
    this.drained();
    this.subscription.unsubscribe().catch(() => undefined);
  }

  private take(): SubscriptionPage {
    const { events } = this;
    this.events = [];
    this.taken = this.reached;
    if (this.subscription.isPaused()) this.subscription.resume();
    return { events, position: this.taken };
  }

  private arrive(resolved: AllStreamResolvedEvent): void {
    this.lastHeard = Date.now();
    try {
      const position = logPositionOf(resolved);
      // Once only, whatever the server sends.
      if (position === undefined || position <= this.reached) return;
      const event = recordedEvent(resolved);
      if (event !== undefined) this.events.push(event);
      this.reached = position;
    } catch (error) {
      return this.fail(error);
    } finally {
      if (this.subscription.readableLength === 0) this.drained();
    }
    if (this.events.length >= this.backlog) this.subscription.pause();
    this.wake();
  }

  /** Must not throw: the subscription would then stall without a word. */
  private async checkpoint(commit: bigint): Promise<void> {
    // Events before the checkpoint may still wait in the client's stream: the position must not overtake them.
    while (this.subscription.readableLength > 0 && !this.isClosed) await new Promise<void>((resolve) => (this.drained = resolve));
    try {
      this.lastHeard = Date.now();
      this.moveTo(safeInteger(commit));
      this.wake();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    this.wake();
  }
}
