/** An event as other contexts and services see it: CloudEvents 1.0 attributes in camel case, and its place in the log. */
export interface BusEvent<Data = Readonly<Record<string, unknown>>> {
  readonly id: string;
  /** `tillroll.<context>.<event>.v<n>` */
  readonly type: string;
  readonly context: string;
  /** `public` events are for everyone (the feed, webhooks); `internal` ones only for our own contexts. */
  readonly visibility: 'public' | 'internal';
  /** The stream id: the key. Order is promised within it only. */
  readonly subject: string;
  /** The revision in the stream. */
  readonly sequence: number;
  /** The position in the log of the event store. */
  readonly position: number;
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly traceparent?: string;
  readonly data: Data;
}

/** The data of an event type, and what it is called on the bus. Contexts provide one per stored event in `public.ts`. */
export interface Publication {
  readonly type: string;
  readonly visibility: 'public' | 'internal';
  /** Stored data (of any age) to the data of `type`. */
  readonly data: (stored: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** Everything that one context puts on the bus: stream prefixes it owns, stored event type to publication. */
export interface Publications {
  readonly context: string;
  /** For example `['order-', 'checkout-']`. */
  readonly prefixes: readonly string[];
  readonly events: Readonly<Record<string, Publication>>;
}

export interface Consumer {
  /** Durable: the position is kept under this name. For example `inventory.reservations`. */
  readonly name: string;
  /** Full event types. */
  readonly types: readonly string[];
  /**
   * Resolves when the effect is durable. Called again for the same event after a crash or an error, so that the effect
   * has to recognise its event in the same write: a command by `causedBy(event, consumer)`, a document by the revision
   * it has applied, rows of the embedded engine by `oncePerEvent`.
   * Rejects to be called again a few times; then the subject is parked. A rejection with {@link TryAgainLater}
   * or `StoreUnavailable` says that the fault is not the event's: it is retried for as long as it takes.
   */
  handle(event: BusEvent): Promise<void>;
}

/** Thrown by a handler while something that it needs is out of order. The subject waits and is never parked for it. */
export class TryAgainLater extends Error {
  override readonly name = 'TryAgainLater';
}

/** An event that a consumer could not handle, and those of the same key that wait behind it. */
export interface ParkedEvent {
  readonly consumer: string;
  readonly subject: string;
  readonly event: BusEvent;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** False for those that only wait behind a parked one. */
  readonly failed: boolean;
}

/** A parked event that was given up. */
export interface DiscardedEvent {
  readonly consumer: string;
  readonly subject: string;
  readonly sequence: number;
  readonly position: number;
  readonly error: string;
  readonly reason: string;
  readonly discardedAt: string;
}

/**
 * At least once, in order per subject, several subjects at a time; one subject's failure holds up that subject only.
 */
export interface EventBus {
  /** Registers before {@link start}. */
  register(consumer: Consumer): void;
  /** Each consumer goes on from its kept position; a new one begins with the first event. */
  start(): Promise<void>;
  /** Stops taking events, waits a bounded time for those in hand, keeps the positions. What was not finished comes again. */
  stop(): Promise<void>;
  /** Resolves true when every consumer (or the named one) is done with all events up to the position; false after the time. */
  caughtUp(position: number, options: { readonly timeoutMs: number; readonly consumer?: string }): Promise<boolean>;
  /** In order per subject. Leaves out events whose stream was deleted since: there is nothing left to handle. */
  parked(consumer?: string): Promise<readonly ParkedEvent[]>;
  /** What was given up, the oldest first. */
  discarded(consumer?: string): Promise<readonly DiscardedEvent[]>;
  /** Handles what is parked under the subject again, in order; parks again at the first failure. Nothing parked: does nothing. */
  retry(consumer: string, subject: string): Promise<void>;
  /** Gives up the first parked event of the subject, keeping the reason, and goes on with those behind it. */
  discard(consumer: string, subject: string, reason: string): Promise<void>;
  /** For health and metrics: how far each consumer is behind, and how many subjects it has parked. */
  status(): Promise<readonly { consumer: string; position: number; lag: number; parkedSubjects: number }[]>;
}

/** Injection token of the {@link EventBus}. */
export const EVENT_BUS = Symbol('EventBus');
