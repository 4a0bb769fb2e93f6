/** How far the store has got, and whether the read models have followed. */
export interface ReadGate {
  /** The position of the last event in the store. */
  head(): number | Promise<number>;
  /** Resolves true once every read model is at `position`, false when the time is over first. */
  caughtUp(position: number, timeoutMs: number): boolean | Promise<boolean>;
}

export const READ_GATE = Symbol('ReadGate');
