import type { RecordedEvent } from '@tillroll/event-store';
import type { AggregateType, DomainEvent } from '@tillroll/processing';

/** Of an event in its stream, and in the log. */
export interface Place {
  readonly revision: number;
  readonly position: number;
}

/** States of the streams of one kind, folded in the order of the log. */
export class FoldedStreams<State, Command, Event extends DomainEvent> {
  readonly states = new Map<string, State>();
  private readonly places = new Map<string, Place>();
  private readonly prefix: string;

  constructor(private readonly type: AggregateType<State, Command, Event>) {
    this.prefix = `${type.name}-`;
  }

  /** The id of the stream when it is of this kind. */
  add(event: RecordedEvent): string | undefined {
    if (!event.streamId.startsWith(this.prefix)) return undefined;
    const id = event.streamId.slice(this.prefix.length);
    const { decider } = this.type;
    this.states.set(id, decider.evolve(this.get(id), { ...event.data, type: event.type } as unknown as Event));
    this.places.set(id, { revision: event.revision, position: event.position });
    return id;
  }

  /** Where the last event of the stream is. */
  last(id: string): Place {
    return this.places.get(id) ?? { revision: -1, position: 0 };
  }

  get(id: string): State {
    return this.states.get(id) ?? this.type.decider.initialState;
  }
}
