import type { Money } from '@tillroll/kernel';
import type { PricedLine } from '../write/cart-events';
import type { Cart, CartLine } from '../write/cart-state';
import type { KnownProducts } from '../write/product-facts';
import type { LimitExceeded, PriceChange, Shortage } from '../write/rules';
import { findingsOf } from './cart-findings';

export type CartProblem =
  | ({ readonly code: 'price_changed' } & PriceChange)
  | ({ readonly code: 'insufficient_stock' } & Shortage)
  | ({ readonly code: 'purchase_limit_exceeded' } & LimitExceeded)
  | { readonly code: 'product_withdrawn'; readonly productId: string }
  | { readonly code: 'total_too_large'; readonly productId: string };

/** The whole cart, as every answer shows it. */
export interface CartView {
  readonly revision: number;
  /** At current prices, in the order of adding. */
  readonly lines: readonly PricedLine[];
  readonly total: Money;
  readonly problems: readonly CartProblem[];
}

/** ISO 4217 for "no currency": nothing in the cart says which one it would be. */
const NO_CURRENCY = 'XXX';

export function cartView(cart: Cart, revision: number, products: KnownProducts): CartView {
  const currency = currencyOf(cart, products);
  const lines: PricedLine[] = [];
  const problems: CartProblem[] = [];
  let total = 0;
  for (const line of cart.lines.values()) {
    const priced = pricedLine(line, products, currency);
    lines.push(priced);
    problems.push(...problemsOf(line, products));
    if (!Number.isSafeInteger(total + priced.lineTotal.amount)) problems.push({ code: 'total_too_large', productId: line.productId });
    total = atMostSafe(total + priced.lineTotal.amount);
  }
  return { revision, lines, total: { amount: total, currency }, problems };
}

/** Since prices change by themselves, a cart may come to hold two currencies: the first line's is the cart's. */
function currencyOf(cart: Cart, products: KnownProducts): string {
  for (const { productId, unitPrice } of cart.lines.values()) return products.get(productId)?.price.currency ?? unitPrice.currency;
  return NO_CURRENCY;
}

/** A line whose product is now in another currency than the cart is shown at the price at which it was added. */
function pricedLine({ productId, quantity, unitPrice }: CartLine, products: KnownProducts, currency: string): PricedLine {
  const product = products.get(productId);
  const price = product?.price.currency === currency ? product.price : unitPrice;
  const lineTotal = { amount: atMostSafe(price.amount * quantity), currency: price.currency };
  return { productId, name: product?.name ?? productId, unitPrice: price, quantity, lineTotal };
}

function problemsOf(line: CartLine, products: KnownProducts): readonly CartProblem[] {
  const { productId } = line;
  const { withdrawn, priceChange, shortage, limit } = findingsOf(line, products);
  return [
    ...(withdrawn ? [{ code: 'product_withdrawn', productId } as const] : []),
    ...(priceChange === undefined ? [] : [{ code: 'price_changed', ...priceChange } as const]),
    ...(shortage === undefined ? [] : [{ code: 'insufficient_stock', ...shortage } as const]),
    ...(limit === undefined ? [] : [{ code: 'purchase_limit_exceeded', ...limit } as const]),
  ];
}

const atMostSafe = (amount: number): number => Math.min(amount, Number.MAX_SAFE_INTEGER);
