import { type Decider, DomainError } from '@tillroll/kernel';

/** What follows when the command was decided. */
export interface Decision<State, Event> {
  /** Exactly these events, in this order. */
  then(...expected: readonly Event[]): void;
  /** The command is already carried out: no event. */
  thenNothing(): void;
  /** A refusal with this code, and at least this data when given. */
  thenRefused(code: string, data?: Readonly<Record<string, unknown>>): void;
  /** The state after the decision's events. */
  thenState(check: (state: State) => void): void;
}

/** A specification of a decider: the history, one command, and what follows. */
export function given<State, Command, Event>(decider: Decider<State, Command, Event>, history: readonly Event[] = []) {
  const before = history.reduce((state, event) => decider.evolve(state, event), decider.initialState);
  return {
    when(command: Command): Decision<State, Event> {
      const decided = () => decider.decide(before, command);
      return {
        then: (...expected) => expect(decided()).toEqual(expected),
        thenNothing: () => expect(decided()).toEqual([]),
        thenRefused: (code, data) => {
          const refusal = refusalOf(decided);
          expect(refusal).toBeInstanceOf(DomainError);
          expect(refusal).toMatchObject(data === undefined ? { code } : { code, data });
        },
        thenState: (check) => check(decided().reduce((state, event) => decider.evolve(state, event), before)),
      };
    },
  };
}

function refusalOf(decide: () => unknown): unknown {
  try {
    return { decided: decide() };
  } catch (error) {
    return error;
  }
}
