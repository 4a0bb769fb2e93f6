import { cart, type DataOf } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** Where a customer's cart was last seen. Never ahead of the streams, perhaps behind them. */
export type CurrentCart = {
  readonly customerId: string;
  readonly cartNumber: number;
  readonly checkoutNumber: number;
};

type CheckoutEnded = DataOf<typeof cart.CartCheckedOut>;

/** Each cart has a stream of its own, so the events of two may come in any order: the furthest one counts. */
const atLeast = (customerId: string, cartNumber: number, checkoutNumber: number): readonly DocumentChange<CurrentCart>[] => [
  {
    id: customerId,
    change: (before) => {
      const isBehind =
        before === undefined ||
        before.cartNumber < cartNumber ||
        (before.cartNumber === cartNumber && before.checkoutNumber < checkoutNumber);
      return isBehind ? { customerId, cartNumber, checkoutNumber } : before;
    },
  },
];

const unlocked = (event: BusEvent): readonly DocumentChange<CurrentCart>[] => {
  const { customerId, cartNumber, checkoutNumber } = event.data as CheckoutEnded;
  return atLeast(customerId, cartNumber, checkoutNumber + 1);
};

const checkedOut = (event: BusEvent): readonly DocumentChange<CurrentCart>[] => {
  const { customerId, cartNumber } = event.data as CheckoutEnded;
  return atLeast(customerId, cartNumber + 1, 0);
};

export const current: Projection<CurrentCart> = {
  name: 'cart.current',
  version: 1,
  indexes: [],
  on: { [cart.CartUnlocked.type]: unlocked, [cart.CartCheckedOut.type]: checkedOut },
};
