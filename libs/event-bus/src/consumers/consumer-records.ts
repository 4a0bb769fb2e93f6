import type { DiscardedEvent } from '../port';

/**
 * A reference to an event in the log, and why it is parked. Never the event itself: it may hold data of somebody who is
 * forgotten later, and the log keeps it anyway.
 */
export interface ParkedRow {
  readonly consumer: string;
  readonly subject: string;
  /** Negative, as the sequence, for a message that cannot be read and so is in no log. */
  readonly position: number;
  readonly sequence: number;
  /** False for those that only wait behind a parked one. */
  readonly failed: boolean;
  readonly attempts: number;
  readonly error: string;
  /** RFC 3339 UTC. */
  readonly parkedAt: string;
}

/** Which parked row is meant. */
export type ParkedPlace = Pick<ParkedRow, 'consumer' | 'subject' | 'position' | 'sequence'>;

/**
 * What consumers leave behind: parked and discarded events. Shared by all instances of a service.
 *
 * What is done to the rows of one subject of one consumer is atomic, {@link parkBehind} and {@link unpark} above all:
 * either the row that is parked behind is there when the last one before it goes, or it is refused. Rows of a subject
 * are in order of their position (and so of their sequence), which also identifies them. Writes are durable when they
 * resolve, and may be repeated. All reject with `StoreUnavailable` when the outcome is unknown.
 */
export interface ConsumerRecords {
  /** Parks events of one consumer and subject. Leaves a row as it is when its event is parked already. */
  park(rows: readonly ParkedRow[]): Promise<void>;
  /** Like {@link park}, but only while the subject has parked events. False, with nothing written, when it has none. */
  parkBehind(rows: readonly ParkedRow[]): Promise<boolean>;
  /** Notes that the event failed once more: `failed`, `attempts`, `error`, `parkedAt`. Nothing when it is not parked any more. */
  keepFailure(row: ParkedRow): Promise<void>;
  /** Nothing when it is not parked any more. */
  unpark(place: ParkedPlace): Promise<void>;
  /** Keeps the event among the discarded ones, then unparks it. Repeated, it leaves what was kept as it is. */
  discard(event: DiscardedEvent): Promise<void>;
  /** In order per subject. */
  parked(consumer: string): Promise<readonly ParkedRow[]>;
  /** The first parked row of each subject, in no particular order. */
  firstOfEach(consumer: string): Promise<readonly ParkedRow[]>;
  /** Undefined when nothing of the subject is parked. */
  firstParked(consumer: string, subject: string): Promise<ParkedRow | undefined>;
  /** The oldest first. */
  discarded(consumer: string): Promise<readonly DiscardedEvent[]>;
}
