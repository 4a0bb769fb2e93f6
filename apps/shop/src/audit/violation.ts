/** A broken promise: which invariant, in words, and the streams that show it. */
export interface Violation {
  readonly invariant: number;
  readonly message: string;
  readonly streams: readonly string[];
}

/** The invariants, as people who run a shop would say them. */
export const INVARIANTS: Readonly<Record<number, string>> = {
  1: 'nothing is held or committed that is not on hand, unless a shortfall is recorded',
  2: 'received + adjusted - shipped = on hand, and held is the sum of the live reservations',
  3: 'an ended order holds no stock, and each reservation is released or shipped at most once',
  4: 'one checked-out cart is one order, with the same lines and the right total',
  5: 'never more is kept than the order costs, and nothing of an order that fell through',
  6: 'every captured payment ends in a confirmed order or a refund, and an order is paid at most once',
  7: 'every event is published, and read models equal the fold of the events',
  8: 'nothing is stuck',
  9: 'purchase limits are kept',
};
