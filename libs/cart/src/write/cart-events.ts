import type { Money } from '@tillroll/kernel';

interface OfCart {
  readonly cartId: string;
  readonly customerId: string;
}

interface OfCheckout extends OfCart {
  readonly cartNumber: number;
  readonly checkoutNumber: number;
  readonly orderId: string;
}

/** A line as it goes into an order: at the price of the moment. */
export interface PricedLine {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly lineTotal: Money;
}

/** `quantity` is what was added, not what the line then is. */
export interface ItemAdded extends OfCart {
  readonly type: 'ItemAdded';
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

/** `quantity` is what the line now is. */
export interface ItemQuantityChanged extends OfCart {
  readonly type: 'ItemQuantityChanged';
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

export interface ItemRemoved extends OfCart {
  readonly type: 'ItemRemoved';
  readonly productId: string;
}

export interface CartEmptied extends OfCart {
  readonly type: 'CartEmptied';
}

export interface CartLocked extends OfCheckout {
  readonly type: 'CartLocked';
  readonly lines: readonly PricedLine[];
  readonly total: Money;
  readonly lockedUntil: string;
}

/** The numbers are those of the present cart and checkout: with `stale`, the ones to ask for instead. */
export interface CartLockRefused extends OfCheckout {
  readonly type: 'CartLockRefused';
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The numbers are those of the checkout that ended; the next one of this cart is `checkoutNumber + 1`. */
export interface CartUnlocked extends OfCheckout {
  readonly type: 'CartUnlocked';
  readonly reason: string;
}

export interface CartCheckedOut extends OfCheckout {
  readonly type: 'CartCheckedOut';
}

export interface CartCheckOutRefused extends OfCart {
  readonly type: 'CartCheckOutRefused';
  readonly orderId: string;
}

export type CartEvent =
  | ItemAdded
  | ItemQuantityChanged
  | ItemRemoved
  | CartEmptied
  | CartLocked
  | CartLockRefused
  | CartUnlocked
  | CartCheckedOut
  | CartCheckOutRefused;
