import type { EpochMs, Money } from '@tillroll/kernel';
import type { CartEvent } from './cart-events';

export interface CartLine {
  readonly productId: string;
  readonly quantity: number;
  /** The price when the line was last added to or changed. */
  readonly unitPrice: Money;
}

interface Contents {
  /** In the order of adding. */
  readonly lines: ReadonlyMap<string, CartLine>;
  /** Counts the checkouts of this cart that ended without an order. */
  readonly checkoutNumber: number;
}

export interface OpenCart extends Contents {
  readonly status: 'open';
}

export interface LockedCart extends Contents {
  readonly status: 'locked';
  readonly cartNumber: number;
  readonly orderId: string;
  readonly lockedUntil: EpochMs;
}

/** Closed for good; the lines are those that became the order's. */
export interface CheckedOutCart extends Contents {
  readonly status: 'checked_out';
  readonly cartNumber: number;
  readonly orderId: string;
}

export type Cart = OpenCart | LockedCart | CheckedOutCart;

export const emptyCart: Cart = { status: 'open', lines: new Map(), checkoutNumber: 0 };

export const quantityOf = (cart: Cart, productId: string): number => cart.lines.get(productId)?.quantity ?? 0;

export function evolveCart(cart: Cart, event: CartEvent): Cart {
  switch (event.type) {
    case 'ItemAdded': {
      const { productId, unitPrice } = event;
      return withLine(cart, { productId, quantity: quantityOf(cart, productId) + event.quantity, unitPrice });
    }
    case 'ItemQuantityChanged': {
      const { productId, quantity, unitPrice } = event;
      return withLine(cart, { productId, quantity, unitPrice });
    }
    case 'ItemRemoved':
      return { ...cart, lines: new Map([...cart.lines].filter(([productId]) => productId !== event.productId)) };
    case 'CartEmptied':
      return { ...cart, lines: new Map() };
    case 'CartLocked': {
      const { lines } = cart;
      const { cartNumber, checkoutNumber, orderId } = event;
      return { status: 'locked', lines, checkoutNumber, cartNumber, orderId, lockedUntil: Date.parse(event.lockedUntil) };
    }
    case 'CartUnlocked':
      return { status: 'open', lines: cart.lines, checkoutNumber: event.checkoutNumber + 1 };
    case 'CartCheckedOut': {
      const { cartNumber, checkoutNumber, orderId } = event;
      return { status: 'checked_out', lines: cart.lines, checkoutNumber, cartNumber, orderId };
    }
    default:
      return cart;
  }
}

/** A line that is there keeps its place. */
const withLine = (cart: Cart, line: CartLine): Cart => ({ ...cart, lines: new Map(cart.lines).set(line.productId, line) });
