import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { checkAppend, checkStreamId } from '../check-append';
import { type Appended, type EventStore, type ExpectedRevision, type NewEvent, type ReadOptions, type RecordedEvent, StoreUnavailable, type SubscribeOptions, type SubscriptionPage, WrongExpectedRevision } from '../port';
import type { EmbeddedEngine } from './engine';
import { type EncodedEvent, type EventTable, decode, encode, eventTable, type StreamHead } from './event-table';
import { LiveEvents } from './live-events';

const PAGE = 500;
/** Positions looked at per page of the log: bounds how long a page with few matches keeps the event loop. */
const LOG_WINDOW = 2_000;
const CACHED_HEADS = 20_000;

/** The event store over the embedded engine. The engine stays open when the store is closed: its owner closes it. */
export function openEmbeddedEventStore({ engine }: { readonly engine: EmbeddedEngine }): EventStore {
  return new EmbeddedEventStore(engine);
}

class EmbeddedEventStore implements EventStore {
  private readonly table: EventTable;
  private readonly heads = new LRUCache<string, StreamHead>({ max: CACHED_HEADS });
  private readonly live = new LiveEvents();
  /** What the running group has appended. */
  private group: { readonly streamId: string; readonly revision: number; readonly position: number; readonly event: EncodedEvent }[] = [];
  /** The end of the log with the running group, and without it. */
  private written = 0;
  private committed = 0;
  private closed = false;

  constructor(private readonly engine: EmbeddedEngine) {
    this.table = eventTable(engine);
    this.written = this.committed = this.table.end();
    engine.onGroupEnd((committed) => (committed ? this.publish() : this.forgetGroup()));
  }

  async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    checkAppend(streamId, expected, events);
    this.refuseWhenClosed();
    const encoded = events.map(encode);
    return await this.engine.write(() => this.appendNow(streamId, expected, encoded), { throwsBeforeChanges: true });
  }

  async *readStream(streamId: string, options: ReadOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    checkStreamId(streamId);
    const backwards = options.direction === 'backwards';
    let from = options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      this.refuseWhenClosed();
      const head = this.headOf(streamId);
      if (head.revision < 0) return;
      const size = Math.min(PAGE, left);
      // What is committed but not on disk yet may still be lost: nobody sees it.
      const visible = this.engine.readOnly ? Number.MAX_SAFE_INTEGER : this.committed;
      const page = backwards ? this.table.backwards(streamId, head, from, size, visible) : this.table.forwards(streamId, head, from, size, visible);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      left -= page.length;
      if (page.length < size) return;
      from = last.revision + (backwards ? -1 : 1);
      await nextTurn();
    }
  }

  async *readAll({ after, prefixes }: { readonly after: number; readonly prefixes?: readonly string[] }): AsyncIterable<SubscriptionPage> {
    const end = await this.head();
    for (let position = after; position < end; await nextTurn()) {
      const page = this.logPage(position, end, prefixes);
      position = page.position;
      yield page;
    }
  }

  async *subscribe({ after, prefixes, signal }: SubscribeOptions): AsyncIterable<SubscriptionPage> {
    if (this.engine.readOnly) throw new TypeError('a store that is open for reading only has no live events');
    let position = after;
    while (!signal.aborted && !this.closed) {
      while (position < this.committed) {
        const page = this.logPage(position, this.committed, prefixes);
        position = page.position;
        yield page;
        await nextTurn();
        if (signal.aborted || this.closed) return;
      }
      // Nothing can be committed between the comparison above and this line: no event is missed.
      const subscriber = this.live.join(prefixes);
      signal.addEventListener('abort', subscriber.leave, { once: true });
      try {
        for (let page = await subscriber.next(); page !== undefined; page = await subscriber.next()) {
          position = page.position;
          yield page;
        }
      } finally {
        signal.removeEventListener('abort', subscriber.leave);
        subscriber.leave();
      }
    }
  }

  head(): Promise<number> {
    return Promise.resolve(this.engine.readOnly ? this.table.end() : this.committed);
  }

  async truncateStream(streamId: string, before: number): Promise<void> {
    checkStreamId(streamId);
    await this.engine.writeWithoutTraces(() => {
      const head = this.headOf(streamId);
      if (head.revision >= 0) this.table.cut(streamId, head, head.base, Math.min(before, head.revision + 1), this.written);
    });
  }

  async deleteStream(streamId: string): Promise<void> {
    checkStreamId(streamId);
    await this.engine.writeWithoutTraces(() => {
      const head = this.headOf(streamId);
      if (head.revision < 0) return;
      const next = head.revision + 1;
      this.table.cut(streamId, head, next, next, this.written);
      this.heads.set(streamId, { ...head, base: next });
    });
  }

  close(): Promise<void> {
    this.closed = true;
    this.live.end();
    return Promise.resolve();
  }

  private appendNow(streamId: string, expected: ExpectedRevision, events: readonly EncodedEvent[]): Appended {
    const head = this.headOf(streamId);
    const exists = head.revision >= head.base;
    if (expected === 'no_stream' ? exists : !exists || expected !== head.revision) {
      const first = expected === 'no_stream' ? head.base : expected + 1;
      const repeated = exists && first >= head.base ? this.repeated(head, first, events) : undefined;
      if (repeated !== undefined) return repeated;
      throw new WrongExpectedRevision(streamId, expected, exists ? head.revision : 'no_stream');
    }
    const key = head.key === 0 ? this.table.addStream(streamId) : head.key;
    let { revision } = head;
    let position = this.written;
    for (const event of events) this.table.insert(streamId, key, ++revision, ++position, event);
    this.written = position;
    this.heads.set(streamId, { key, revision, base: head.base });
    const first = revision - events.length + 1;
    events.forEach((event, index) => this.group.push({ streamId, revision: first + index, position: position - events.length + 1 + index, event }));
    return { revision, position };
  }

  /** The outcome of the same append when it was made before: the ids behind the expected revision are these, in this order. */
  private repeated(head: StreamHead, first: number, events: readonly EncodedEvent[]): Appended | undefined {
    const stored = this.table.ids(head.key, first, events.length);
    const last = stored.at(-1);
    const same = stored.length === events.length && stored.every(({ id }, index) => id === events[index]?.id);
    return same && last !== undefined ? { revision: first + events.length - 1, position: last.position } : undefined;
  }

  private headOf(streamId: string): StreamHead {
    if (this.engine.readOnly) return this.table.head(streamId);
    let head = this.heads.get(streamId);
    if (head === undefined) {
      head = this.table.head(streamId);
      this.heads.set(streamId, head);
    }
    return head;
  }

  private logPage(after: number, end: number, prefixes: readonly string[] | undefined): SubscriptionPage {
    this.refuseWhenClosed();
    const position = Math.min(end, after + LOG_WINDOW);
    return { events: this.table.log(after, position, prefixes), position };
  }

  private publish(): void {
    this.committed = this.written;
    if (this.group.length === 0) return;
    const { group } = this;
    this.group = [];
    if (!this.live.wanted) return;
    this.live.publish(
      group.map(({ streamId, revision, position, event }) => decode(streamId, revision, position, event)),
      this.committed,
    );
  }

  private forgetGroup(): void {
    this.group = [];
    this.written = this.committed;
    // Deletions of the group are undone too, so that no cached head can be trusted.
    this.heads.clear();
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new StoreUnavailable('the event store is closed');
  }
}
