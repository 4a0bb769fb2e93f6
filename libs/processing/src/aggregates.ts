import type { Decider } from '@tillroll/kernel';

/** Flat: the type and, beside it, the data. */
export interface DomainEvent {
  readonly type: string;
}

/** One kind of stream: `<name>-<id>`. */
export interface AggregateType<State, Command, Event extends DomainEvent> {
  readonly name: string;
  readonly decider: Decider<State, Command, Event>;
  /** Without it the state is always folded from the first event: only for streams that stay short. */
  readonly snapshot?: {
    /** Raise it when `evolve` or the state's shape changes: older snapshots are then ignored. */
    readonly version: number;
    readonly encode: (state: State) => unknown;
    readonly decode: (json: unknown) => State;
  };
}

/** Why a command is given; goes into the metadata of its events. */
export interface Cause {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly traceparent?: string;
  /** The command id was derived from an idempotency key: the stream remembers it for long. */
  readonly keyed?: true;
}

export interface Outcome<State, Event> {
  /** The state with this command's events and all before them. */
  readonly state: State;
  /** The revision of the state; -1 while the stream has no event. */
  readonly revision: number;
  /** What the command made happen, now or when it was first given. */
  readonly events: readonly Event[];
  /** The command had been carried out before; nothing was written now. */
  readonly repeated: boolean;
}

export interface Loaded<State> {
  readonly state: State;
  readonly revision: number;
}

/** The stream is not at the revision that the caller asked for (`If-Match`). */
export class RevisionMismatch extends Error {
  constructor(readonly currentRevision: number) {
    super(`the current revision is ${currentRevision}`);
    this.name = 'RevisionMismatch';
  }
}

/** Commands on aggregates, decided one after another per stream. */
export interface Aggregates {
  /**
   * Decides and appends. Throws `DomainError` when refused, {@link RevisionMismatch} when `expectedRevision` is given
   * and is not the present one, `StoreUnavailable` when the store cannot write.
   * A command id that the stream has seen is answered with its first outcome.
   */
  execute<State, Command, Event extends DomainEvent>(
    type: AggregateType<State, Command, Event>,
    id: string,
    command: Command,
    cause: Cause,
    options?: { readonly expectedRevision?: number },
  ): Promise<Outcome<State, Event>>;
  /** The present committed state. */
  load<State, Command, Event extends DomainEvent>(type: AggregateType<State, Command, Event>, id: string): Promise<Loaded<State>>;
  /** Waits until the committed state satisfies the condition; undefined when the time is over first. */
  until<State, Command, Event extends DomainEvent>(
    type: AggregateType<State, Command, Event>,
    id: string,
    condition: (state: State) => boolean,
    timeoutMs: number,
  ): Promise<Loaded<State> | undefined>;
}

/** Injection token and type in one: contexts inject `Aggregates` by this symbol. */
export const AGGREGATES = Symbol('Aggregates');

/** Injection token of the kernel's `Clock`. */
export const CLOCK = Symbol('Clock');
