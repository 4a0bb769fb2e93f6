import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { BACKWARDS, END, EventStoreDBClient, FORWARDS, START } from '@eventstore/db-client';
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { checkAppend, checkStreamId } from '../check-append';
import { type Appended, type EventStore, type ExpectedRevision, type NewEvent, type ReadOptions, type RecordedEvent, StoreUnavailable, type SubscribeOptions, type SubscriptionPage, WrongExpectedRevision } from '../port';
import { AppendCall } from './append-call';
import { OutcomeUnknown } from './append-errors';
import { outcomeOf } from './append-outcome';
import { LiveFeed } from './live-feed';
import { headOf, logPages } from './log-reader';
import { matching } from './matching';
import { pagesOf } from './pages';
import { proposedEvents } from './proposed-events';
import { recordedEvent } from './recorded-event';
import { Watchdog } from './watchdog';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:2113?tls=true&tlsCAFile=…`, several hosts or `esdb+discover://` for a cluster. */
  readonly url: string;
  /** For so long an append is repeated and a read begun anew before {@link StoreUnavailable}. Default: 3 s. */
  readonly patienceMs?: number;
  /** An append without an answer, a read without an event, has failed after so long. Default: 2 s. */
  readonly silenceMs?: number;
  /** A quiet subscription is compared with the log after so long, and then less and less often. Default: 500 ms. */
  readonly watchMs?: number;
  /** Hears of a subscription that failed more than once without delivering anything in between. It goes on by itself. */
  readonly onTrouble?: (error: unknown) => void;
}

const PAGE = 500;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** By the server's clock, which may be ahead of ours: what counts is our own limit, and the server's. */
const DEADLINE_MS = 60_000;
/** A subscription that stays quiet is looked at less often. */
const LONGEST_WATCH = 4;
/** Disposing may never end; nothing is lost by not waiting for it. */
const DISPOSAL_MS = 1_000;

/**
 * The event store on EventStoreDB. Connects on first use, and again by itself whenever the connection is lost.
 * Throws a `TypeError` for a URL that it cannot read; the message does not repeat it, since it may hold a password.
 */
export function openEventStoreDb(options: EventStoreDbOptions): EventStore {
  return new EventStoreDbEventStore(connect(options.url), options);
}

function connect(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    throw new TypeError('the URL of the event store is not one like esdb://host:2113?tls=true');
  }
}

class EventStoreDbEventStore implements EventStore {
  private readonly appends: AppendCall;
  private readonly patienceMs: number;
  private readonly silenceMs: number;
  private readonly watchMs: number;
  private readonly onTrouble: (error: unknown) => void;
  private readonly closing = new AbortController();

  constructor(
    private readonly client: EventStoreDBClient,
    { patienceMs = 3_000, silenceMs = 2_000, watchMs = 500, onTrouble = () => {} }: EventStoreDbOptions,
  ) {
    this.appends = new AppendCall(client);
    this.patienceMs = patienceMs;
    this.silenceMs = silenceMs;
    this.watchMs = watchMs;
    this.onTrouble = onTrouble;
  }

  async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    checkAppend(streamId, expected, events);
    return await this.appendMessages(streamId, expected, proposedEvents(streamId, events), events);
  }

  async *readStream(streamId: string, options: ReadOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    checkStreamId(streamId);
    const backwards = options.direction === 'backwards';
    let { from } = options;
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    const patience = this.patience();
    while (left > 0) {
      this.refuseWhenClosed();
      try {
        const stream = this.client.readStream(streamId, {
          direction: backwards ? BACKWARDS : FORWARDS,
          // Backwards, START would be the first event only.
          fromRevision: from === undefined ? (backwards ? END : START) : BigInt(from),
          // A count of 0 is an error.
          ...(Number.isFinite(left) ? { maxCount: left } : {}),
          requiresLeader: true,
        });
        for await (const resolved of pagesOf(stream, { size: Math.min(PAGE, left), silenceMs: this.silenceMs })) {
          const last = resolved.at(-1)?.event;
          const page = resolved.flatMap((each) => recordedEvent(each) ?? []);
          if (page.length > 0) yield page;
          patience.renew();
          left -= resolved.length;
          if (last !== undefined) from = Number(last.revision) + (backwards ? -1 : 1);
          if (from !== undefined && from < 0) return;
        }
        return;
      } catch (error) {
        if (isStreamNotFound(error)) return;
        await patience.next(error);
      }
    }
  }

  async *readAll({ after, prefixes }: { readonly after: number; readonly prefixes?: readonly string[] }): AsyncIterable<SubscriptionPage> {
    const end = await this.head();
    const matches = matching(prefixes);
    const patience = this.patience();
    for (let position = after; position < end; ) {
      this.refuseWhenClosed();
      try {
        for await (const records of logPages(this.client, { after: position, page: PAGE, silenceMs: this.silenceMs })) {
          const known = records.filter((record) => record.position > position && record.position <= end);
          const last = known.at(-1);
          if (last === undefined) {
            if (records.length > 0) return;
            continue;
          }
          position = last.position;
          yield { events: known.flatMap(({ event }) => (event !== undefined && matches(event) ? event : [])), position };
          patience.renew();
          if (position >= end) return;
        }
        if (position < end) throw new StoreUnavailable(`the log ended before position ${end}`);
      } catch (error) {
        await patience.next(error);
      }
    }
  }

  async *subscribe({ after, prefixes, signal }: SubscribeOptions): AsyncIterable<SubscriptionPage> {
    const ending = AbortSignal.any([signal, this.closing.signal]);
    let position = after;
    for (let failures = 0; !ending.aborted; ) {
      const feed = new LiveFeed({ client: this.client, after: position, prefixes });
      const watchdog = new Watchdog({ client: this.client, feed, prefixes, silenceMs: this.silenceMs });
      const end = () => feed.close();
      ending.addEventListener('abort', end, { once: true });
      try {
        for (let watch = 1; !ending.aborted; ) {
          const page = await feed.next(this.watchMs * watch);
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
        if (++failures > 1) this.onTrouble(error);
      } finally {
        ending.removeEventListener('abort', end);
        feed.close();
      }
      if (failures > 1) await pause(failures - 1, ending);
    }
  }

  async head(): Promise<number> {
    return await this.patiently(() => headOf(this.client, this.silenceMs));
  }

  async truncateStream(streamId: string, before: number): Promise<void> {
    checkStreamId(streamId);
    await this.patiently(async () => {
      const last = await this.lastOf(streamId);
      // Nothing of it is visible: a mark would bring a deleted stream back.
      if (last === undefined) return;
      const { revision, metadata } = await this.metadataOf(streamId);
      const mark = Math.max(Math.min(before, last + 1), Number(metadata.$tb ?? 0));
      await this.appendMetadata(streamId, revision, { ...metadata, $tb: mark });
    });
  }

  async deleteStream(streamId: string): Promise<void> {
    checkStreamId(streamId);
    await this.patiently(async () => {
      // Otherwise a stream that never was would get a mark.
      if (!(await this.exists(streamId))) return;
      // Whatever its revision: what is there is to be gone. (Expecting that the stream exists fails always.)
      await this.client.deleteStream(streamId, { requiresLeader: true, deadline: this.silenceMs });
    });
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.appends.close();
    await Promise.race([this.client.dispose().catch(() => undefined), wait(DISPOSAL_MS, undefined, { ref: false })]);
  }

  private async appendMessages(streamId: string, expected: ExpectedRevision, messages: readonly BatchAppendReq.ProposedMessage[], events: readonly { readonly id: string }[]): Promise<Appended> {
    const patience = this.patience();
    for (;;) {
      this.refuseWhenClosed();
      try {
        const response = await this.appends.send(this.request(streamId, expected, messages), this.silenceMs);
        return outcomeOf(response, { streamId, expected });
      } catch (error) {
        if (error instanceof WrongExpectedRevision && expected === 'no_stream') {
          const repeated = await this.appendedBehindDeletion(streamId, events);
          if (repeated !== undefined) return repeated;
        }
        if (!(error instanceof OutcomeUnknown)) throw error;
        // Identically: the same ids and the same expected revision. At any other revision the server would write them again.
        await patience.next(error);
      }
    }
  }

  private request(streamId: string, expected: ExpectedRevision, messages: readonly BatchAppendReq.ProposedMessage[]): BatchAppendReq {
    const identifier = new StreamIdentifier();
    identifier.setStreamName(Buffer.from(streamId, 'utf8'));
    const options = new BatchAppendReq.Options();
    options.setStreamIdentifier(identifier);
    options.setDeadline(Timestamp.fromDate(new Date(Date.now() + DEADLINE_MS)));
    if (expected === 'no_stream') options.setNoStream(new GoogleEmpty());
    else options.setStreamPosition(String(expected));
    const request = new BatchAppendReq();
    request.setOptions(options);
    request.setProposedMessagesList([...messages]);
    return request;
  }

  /** The server does not know a repeated append that began a deleted stream anew: it looks at revision 0. */
  private async appendedBehindDeletion(streamId: string, events: readonly { readonly id: string }[]): Promise<Appended | undefined> {
    const found: RecordedEvent[] = [];
    for await (const page of this.readStream(streamId, { limit: events.length })) found.push(...page);
    const last = found.at(-1);
    const isRepeated = found[0]?.revision !== 0 && found.length === events.length && events.every(({ id }, index) => found[index]?.id === id.toLowerCase());
    return isRepeated && last !== undefined ? { revision: last.revision, position: last.position } : undefined;
  }

  private async lastOf(streamId: string): Promise<number | undefined> {
    for await (const [last] of this.readStream(streamId, { direction: 'backwards', limit: 1 })) return last?.revision;
    return undefined;
  }

  /** Also true for a stream of which everything is truncated. */
  private async exists(streamId: string): Promise<boolean> {
    try {
      for await (const _ of pagesOf(this.client.readStream(streamId, { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true }), { size: 1, silenceMs: this.silenceMs })) return true;
      return true;
    } catch (error) {
      if (isStreamNotFound(error)) return false;
      throw error;
    }
  }

  /** Read by ourselves: the client's answer gives a position where it says revision. */
  private async metadataOf(streamId: string): Promise<{ readonly revision: ExpectedRevision; readonly metadata: Readonly<Record<string, unknown>> }> {
    try {
      const stream = this.client.readStream(`$$${streamId}`, { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true });
      for await (const [last] of pagesOf(stream, { size: 1, silenceMs: this.silenceMs }))
        if (last?.event !== undefined) return { revision: Number(last.event.revision), metadata: last.event.data as Readonly<Record<string, unknown>> };
    } catch (error) {
      if (!isStreamNotFound(error)) throw error;
    }
    return { revision: 'no_stream', metadata: {} };
  }

  private async appendMetadata(streamId: string, revision: ExpectedRevision, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    const id = randomUUID();
    const event = { id, type: '$metadata', data: metadata, metadata: {} as NewEvent['metadata'] };
    await this.appendMessages(`$$${streamId}`, revision, proposedEvents(streamId, [event]), [event]);
  }

  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const patience = this.patience();
    for (;;) {
      this.refuseWhenClosed();
      try {
        return await work();
      } catch (error) {
        await patience.next(error);
      }
    }
  }

  private patience(): Patience {
    return new Patience(this.patienceMs, this.closing.signal);
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new StoreUnavailable('the event store is closed');
  }
}

/** Pauses between the tries of one thing, and an end to them. */
class Patience {
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

async function pause(tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
  await wait(ms * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}

const isStreamNotFound = (error: unknown): boolean => typeof error === 'object' && error !== null && 'type' in error && error.type === 'stream-not-found';
