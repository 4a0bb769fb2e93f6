import type { Cart } from '../write/cart-state';
import type { KnownProducts } from '../write/product-facts';
import { isRise, type LimitExceeded, type PriceChange, type Shortage } from '../write/rules';
import { findingsOf } from './cart-findings';

/** What placing the cart as it is would meet, by the cart's own view of the inventory. */
export interface CartCheck {
  /** No shortage, no limit exceeded, no price risen since it was added, and something to order. */
  readonly ok: boolean;
  /** A withdrawn product is one with nothing available. */
  readonly shortages: readonly Shortage[];
  /** Falls are listed too; they are passed on and do not count against `ok`. */
  readonly priceChanges: readonly PriceChange[];
  readonly limits: readonly LimitExceeded[];
}

export function checkCart(cart: Cart, products: KnownProducts): CartCheck {
  const lines = [...cart.lines.values()];
  const findings = lines.map((line) => ({ line, ...findingsOf(line, products) }));
  const shortages = findings.flatMap(({ line, withdrawn, shortage }) =>
    withdrawn ? { productId: line.productId, requested: line.quantity, available: 0 } : (shortage ?? []),
  );
  const priceChanges = findings.flatMap(({ priceChange }) => priceChange ?? []);
  const limits = findings.flatMap(({ limit }) => limit ?? []);
  const ok = lines.length > 0 && shortages.length === 0 && limits.length === 0 && !priceChanges.some(isRise);
  return { ok, shortages, priceChanges, limits };
}
