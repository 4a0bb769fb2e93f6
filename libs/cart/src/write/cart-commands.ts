import type { EpochMs, Money } from '@tillroll/kernel';
import type { KnownProducts, ProductFacts } from './product-facts';

interface OnCart {
  readonly cartId: string;
  readonly customerId: string;
  readonly at: EpochMs;
}

export interface AddItem extends OnCart {
  readonly type: 'AddItem';
  readonly productId: string;
  /** At least 1. */
  readonly quantity: number;
  /** Undefined: there is no such product. */
  readonly product: ProductFacts | undefined;
}

export interface ChangeQuantity extends OnCart {
  readonly type: 'ChangeQuantity';
  readonly productId: string;
  /** What the line shall be; 0 removes it. */
  readonly quantity: number;
  readonly product: ProductFacts | undefined;
}

export interface RemoveItem extends OnCart {
  readonly type: 'RemoveItem';
  readonly productId: string;
}

export interface EmptyCart extends OnCart {
  readonly type: 'EmptyCart';
}

/** Asks for the lease under which `orderId` is made from the cart. */
export interface LockCart extends OnCart {
  readonly type: 'LockCart';
  readonly orderId: string;
  readonly cartNumber: number;
  readonly checkoutNumber: number;
  /** The total that the customer agreed to; undefined: the prices at which the lines were added. */
  readonly expectedTotal: Money | undefined;
  readonly products: KnownProducts;
  readonly leaseMs: number;
}

/** Ends the checkout of `orderId` without an order; the lines stay. */
export interface UnlockCart extends OnCart {
  readonly type: 'UnlockCart';
  readonly orderId: string;
  readonly reason: string;
}

/** Closes the cart: its lines are now the order's. */
export interface CheckOut extends OnCart {
  readonly type: 'CheckOut';
  readonly orderId: string;
}

export type CartChange = AddItem | ChangeQuantity | RemoveItem | EmptyCart;
export type CartCommand = CartChange | LockCart | UnlockCart | CheckOut;
