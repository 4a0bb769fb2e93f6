import type { Money } from '@tillroll/kernel';

/** What the cart knows of a product, and of this customer's purchases of it, when it decides. */
export interface ProductFacts {
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
  readonly onSale: boolean;
  /** Units; never negative. */
  readonly available: number;
  readonly limit?: PurchaseLimit;
}

export interface PurchaseLimit {
  /** Units that one customer may buy inside the limit's window. */
  readonly quantity: number;
  /** Units that this customer has already bought inside the window. */
  readonly alreadyBought: number;
}

/** By product id. A product that is missing is unknown. */
export type KnownProducts = ReadonlyMap<string, ProductFacts>;
