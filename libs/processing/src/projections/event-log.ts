import type { BusEvent, Translator } from '@tillroll/event-bus';
import type { EventStore, RecordedEvent } from '@tillroll/event-store';

export interface LogEvent {
  /** The full event type. */
  readonly type: string;
  readonly position: number;
  /** Throws when the event's data cannot be read. */
  read(): BusEvent;
}

export interface LogPage {
  readonly events: readonly LogEvent[];
  /** All events up to here were delivered. */
  readonly position: number;
}

/** What projections are fed from: published events in the order of the log. */
export interface EventLog {
  /** Ends at the present end. */
  read(after: number): AsyncIterable<LogPage>;
  /** Goes on with what comes. Ends when the signal aborts. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LogPage>;
  /** The position of the last event. */
  head(): Promise<number>;
}

/** The log of the embedded topology: the event store itself. */
export function eventLogOf(store: Pick<EventStore, 'readAll' | 'subscribe' | 'head'>, translator: Translator): EventLog {
  function published(events: readonly RecordedEvent[]): readonly LogEvent[] {
    const found: LogEvent[] = [];
    for (const event of events) {
      const type = translator.typeOf(event);
      if (type !== undefined) found.push({ type, position: event.position, read: () => readEvent(event) });
    }
    return found;
  }

  function readEvent(event: RecordedEvent): BusEvent {
    const onBus = translator(event);
    if (onBus === undefined) throw new TypeError(`${event.type} of ${event.streamId} is not published`);
    return onBus;
  }

  return {
    async *read(after) {
      for await (const { events, position } of store.readAll({ after })) yield { events: published(events), position };
    },
    async *follow(after, signal) {
      for await (const { events, position } of store.subscribe({ after, signal })) yield { events: published(events), position };
    },
    head: () => store.head(),
  };
}
