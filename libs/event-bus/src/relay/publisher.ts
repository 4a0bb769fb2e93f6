import type { BusEvent } from '../port';

/** An event without what cannot be sent: too large, or not to be translated. Those who want it read it from the event store. */
export interface LeftOut extends Omit<BusEvent, 'data'> {
  readonly leftOut: string;
}

export type Outgoing = BusEvent | LeftOut;

/** An event as it will be sent; means something to the publisher that made it only. */
export interface Prepared {
  readonly bytes: number;
}

/** Puts events on the bus, one batch at a time: who publishes waits for the answer before the next. */
export interface Publisher {
  /** Undefined when the event is too large for the bus. */
  prepare(event: Outgoing): Prepared | undefined;
  /**
   * Resolves when the bus has all events durably, those of a subject in the order given. As long as that is not certain
   * the same events are sent again, unchanged. Rejects only when the signal aborts; they may be on the bus then or not.
   */
  publish(events: readonly Prepared[], signal: AbortSignal): Promise<void>;
  /** Why it cannot publish at the moment. */
  readonly fault: string | undefined;
  close(): Promise<void>;
}
