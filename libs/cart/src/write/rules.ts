import { add, equal, type Money, refuse, times } from '@tillroll/kernel';
import type { CartLine } from './cart-state';
import type { ProductFacts } from './product-facts';

export const MOST_LINES = 100;

/** `requested` is what the line would be. */
export interface Shortage {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
}

export interface LimitExceeded {
  readonly productId: string;
  readonly limit: number;
  readonly alreadyBought: number;
  readonly inCart: number;
}

export interface PriceChange {
  readonly productId: string;
  readonly oldUnitPrice: Money;
  readonly newUnitPrice: Money;
}

/** A product that nobody knows is one that was never on sale. */
export const isOnSale = (product: ProductFacts | undefined): product is ProductFacts => product?.onSale === true;

export function shortageOf(product: ProductFacts, requested: number): Shortage | undefined {
  const { productId, available } = product;
  return requested > available ? { productId, requested, available } : undefined;
}

/** Whether the customer would have bought too many with `wanted` units beside the `inCart` that the answer shall name. */
export function limitExceeded(product: ProductFacts, wanted: number, inCart: number): LimitExceeded | undefined {
  const { productId, limit } = product;
  if (limit === undefined || limit.alreadyBought + wanted <= limit.quantity) return undefined;
  return { productId, limit: limit.quantity, alreadyBought: limit.alreadyBought, inCart };
}

export function priceChangeOf(line: CartLine, product: ProductFacts): PriceChange | undefined {
  const { productId, unitPrice } = line;
  return equal(unitPrice, product.price) ? undefined : { productId, oldUnitPrice: unitPrice, newUnitPrice: product.price };
}

/** Another currency cannot be compared, so it counts as a rise. */
export const isRise = ({ oldUnitPrice, newUnitPrice }: PriceChange): boolean =>
  oldUnitPrice.currency !== newUnitPrice.currency || newUnitPrice.amount > oldUnitPrice.amount;

/** Refuses with `currency_mismatch`, or with `total_too_large` beyond 2^53-1. Undefined for nothing. */
export function totalOf(lines: Iterable<Pick<CartLine, 'quantity' | 'unitPrice'>>): Money | undefined {
  let total: Money | undefined;
  for (const { quantity, unitPrice } of lines) {
    const lineTotal = times(unitPrice, quantity);
    total = total === undefined ? lineTotal : add(total, lineTotal);
  }
  return total;
}

export function refuseUnlessOnSale(productId: string, product: ProductFacts | undefined): ProductFacts {
  return isOnSale(product) ? product : refuse('product_not_found', { productId });
}

export function refuseBeyondStock(product: ProductFacts, requested: number): void {
  const shortage = shortageOf(product, requested);
  if (shortage !== undefined) refuse('insufficient_stock', { shortages: [shortage] });
}

/** `requested` is what this call asked for. */
export function refuseBeyondLimit(product: ProductFacts, wanted: number, inCart: number, requested: number): void {
  const exceeded = limitExceeded(product, wanted, inCart);
  if (exceeded !== undefined) refuse('purchase_limit_exceeded', { ...exceeded, requested });
}
