/**
 * The decision logic of one kind of stream: three pure functions.
 * Everything that a decision depends on (time, prices, ids) arrives in the command.
 */
export interface Decider<State, Command, Event> {
  readonly initialState: State;
  /** Returns what happens; `[]` means that it is already so; throws {@link DomainError} to refuse. */
  decide(state: State, command: Command): readonly Event[];
  /** Total: never throws, reads no clock, and leaves the state as it is for an event it does not know. */
  evolve(state: State, event: Event): State;
}
