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
  function published(events: readonly RecordedEvent[], translate: Translate): readonly LogEvent[] {
    const found: LogEvent[] = [];
    for (const event of events) {
      const type = translator.typeOf(event);
      if (type !== undefined) found.push(new StoredLogEvent(type, event, translate));
    }
    return found;
  }

  return {
    async *read(after) {
      for await (const { events, position } of store.readAll({ after })) yield { events: published(events, translator.afresh), position };
    },
    async *follow(after, signal) {
      for await (const { events, position } of store.subscribe({ after, signal })) yield { events: published(events, translator), position };
    },
    head: () => store.head(),
  };
}

type Translate = (event: RecordedEvent) => BusEvent | undefined;

/** Translated when a projection wants it, and then once for all of them. */
class StoredLogEvent implements LogEvent {
  private onBus: BusEvent | undefined;

  constructor(
    readonly type: string,
    private readonly stored: RecordedEvent,
    private readonly translate: Translate,
  ) {}

  get position(): number {
    return this.stored.position;
  }

  read(): BusEvent {
    this.onBus ??= this.translate(this.stored);
    if (this.onBus === undefined) throw new TypeError(`${this.stored.type} of ${this.stored.streamId} is not published`);
    return this.onBus;
  }
}
