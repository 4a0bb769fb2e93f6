import type { RecordedEvent } from '@tillroll/event-store';
import type { AggregateType, Cause, DomainEvent, Outcome } from '../aggregates';
import { CommandMemory } from './command-memory';

export const NOT_CREATED = -1;

/** A command that waits for its turn on a stream. */
export interface Pending<State, Command, Event> {
  readonly command: Command | symbol;
  readonly cause: Cause;
  readonly expectedRevision: number | undefined;
  readonly resolve: (outcome: Outcome<State, Event>) => void;
  readonly reject: (error: unknown) => void;
}

/** What this process holds of one stream: committed state, and the commands that wait. */
export class StreamEntry<State, Command, Event extends DomainEvent> {
  state: State;
  revision = NOT_CREATED;
  /** True once the state is that of the store as last seen. */
  loaded = false;
  memory = new CommandMemory();
  snapshotRevision = NOT_CREATED;
  snapshotBytes = 0;
  running = false;
  loading: Promise<void> | undefined;
  readonly waiting: Pending<State, Command, Event>[] = [];

  constructor(
    readonly streamId: string,
    readonly type: AggregateType<State, Command, Event>,
  ) {
    this.state = type.decider.initialState;
  }

  apply(recorded: RecordedEvent): void {
    this.state = this.type.decider.evolve(this.state, toDomainEvent<Event>(recorded));
    this.revision = recorded.revision;
    this.memory.rememberRecorded(recorded);
  }

  /** Starts over from the first event at the next load. */
  forget(): void {
    this.state = this.type.decider.initialState;
    this.revision = NOT_CREATED;
    this.loaded = false;
    this.memory = new CommandMemory();
  }
}

export const toDomainEvent = <Event extends DomainEvent>(recorded: RecordedEvent): Event =>
  ({ ...recorded.data, type: recorded.type }) as unknown as Event;
