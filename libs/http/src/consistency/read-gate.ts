/** How far the store has got, and whether the read models have followed. */
export interface ReadGate {
  /** The position of the last event in the store. */
  head(): number | Promise<number>;
  /** True once every read model is at `position`, false when the time is over first. Answer at once when it is so already. */
  caughtUp(position: number, timeoutMs: number): boolean | Promise<boolean>;
}

export const READ_GATE = Symbol('ReadGate');
