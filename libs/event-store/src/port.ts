/** What is known about an event beside its data. Stored with it, unencrypted: never personal data. */
export interface EventMetadata {
  /** When the decision was made, RFC 3339 UTC. */
  readonly time: string;
  /** The command that caused the event; its events have the ids `uuid5(commandId, index)`. */
  readonly commandId: string;
  /** The same for everything that one outside request set off. */
  readonly correlationId: string;
  /** The id of the event or request that directly led to this one. */
  readonly causationId: string;
  /** Who: `customer:<id>`, `admin:<id>`, `system:<consumer>`. */
  readonly actor: string;
  /** W3C Trace Context of the request. */
  readonly traceparent?: string;
  /** Set when the command came with an idempotency key: the stream then remembers it for long. */
  readonly keyed?: true;
}

/** Plain JSON; its top level is an object. */
export type EventData = Readonly<Record<string, unknown>>;

export interface NewEvent {
  /** A UUID. */
  readonly id: string;
  /** Never empty. */
  readonly type: string;
  readonly data: EventData;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends NewEvent {
  readonly streamId: string;
  /** 0 for the first event of a stream, without gaps. */
  readonly revision: number;
  /** Rises through the whole store, with gaps. Comparable, not countable. */
  readonly position: number;
}

/** The revision of the stream's last event, or that there is none. There is no "any" on purpose. */
export type ExpectedRevision = number | 'no_stream';

export interface Appended {
  /** The revision of the last event of this append. */
  readonly revision: number;
  /** The position of the last event of this append. */
  readonly position: number;
}

export interface ReadOptions {
  /** The first revision to yield (the last one when backwards). Default: the stream's start, or its end. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** At most so many events. Default: all. */
  readonly limit?: number;
}

export interface SubscriptionPage {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here that matches has been delivered: the place to resume after. */
  readonly position: number;
}

export interface SubscribeOptions {
  /** Delivers what comes after this position. 0: from the very first event. */
  readonly after: number;
  /** Only streams whose id begins with one of these. Default: all. */
  readonly prefixes?: readonly string[];
  readonly signal: AbortSignal;
}

/** The position before the first event. */
export const BEGINNING = 0;

/**
 * Streams of events with optimistic concurrency, and one log over all of them.
 * Promised: an append is durable when its promise resolves, and all or nothing; revisions of a stream have no gaps;
 * readers of the log and subscribers see each event once, in log order, and never one whose append has not finished.
 */
export interface EventStore {
  /**
   * Appends at the expected revision. Repeating an append (same ids in the same order, same expected revision) is a
   * success that writes nothing, also later. Rejects with {@link WrongExpectedRevision} when the stream is elsewhere,
   * with {@link StoreUnavailable} when the outcome is unknown: repeat it identically.
   * Refuses an empty list, an id that is not a UUID and an empty type with a `TypeError` before anything is sent.
   */
  append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;
  /** Pages of events; none for a stream that does not exist or was deleted. */
  readStream(streamId: string, options?: ReadOptions): AsyncIterable<readonly RecordedEvent[]>;
  /** Pages of the log after a position, up to its present end. */
  readAll(options: { readonly after: number; readonly prefixes?: readonly string[] }): AsyncIterable<SubscriptionPage>;
  /** Like {@link readAll}, and then goes on with what is appended, without a gap. Ends when the signal aborts. */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionPage>;
  /** The position of the last event; {@link BEGINNING} in an empty store. */
  head(): Promise<number>;
  /** Forgets the events before a revision. */
  truncateStream(streamId: string, before: number): Promise<void>;
  /** Forgets all events of a stream. A later append with `no_stream` goes on at the next revision. */
  deleteStream(streamId: string): Promise<void>;
  close(): Promise<void>;
}

/** The stream is not at the revision that the append expected. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly streamId: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${streamId} is at ${actual}, expected ${expected}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** The store cannot be reached or cannot write (disk full, read-only). An append may or may not have happened. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Stored bytes are not what was written. The message names the file or stream. */
export class StoreCorrupted extends Error {
  override readonly name = 'StoreCorrupted';
}

/** Injection token of the {@link EventStore}. */
export const EVENT_STORE = Symbol('EventStore');
