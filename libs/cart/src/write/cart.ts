import { type Decider, unreachable } from '@tillroll/kernel';
import type { CartCommand } from './cart-commands';
import type { CartEvent } from './cart-events';
import { type Cart, emptyCart, evolveCart } from './cart-state';
import { changeCart } from './change-cart';
import { checkOutCart, lockCart, unlockCart } from './check-out-cart';

/**
 * What a customer means to buy. One stream is one cart: checking out closes it, and whatever comes to a closed cart
 * is refused with `cart_closed`, which tells the caller to turn to the customer's next cart.
 */
export const cart: Decider<Cart, CartCommand, CartEvent> = {
  initialState: emptyCart,

  decide(state, command) {
    switch (command.type) {
      case 'AddItem':
      case 'ChangeQuantity':
      case 'RemoveItem':
      case 'EmptyCart':
        return changeCart(state, command);
      case 'LockCart':
        return lockCart(state, command);
      case 'UnlockCart':
        return unlockCart(state, command);
      case 'CheckOut':
        return checkOutCart(state, command);
      default:
        return unreachable(command);
    }
  },

  evolve: evolveCart,
};
