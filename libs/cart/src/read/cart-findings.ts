import type { CartLine } from '../write/cart-state';
import type { KnownProducts } from '../write/product-facts';
import { isOnSale, limitExceeded, type LimitExceeded, type PriceChange, priceChangeOf, type Shortage, shortageOf } from '../write/rules';

/** What stands between a line and an order. */
export interface LineFindings {
  readonly withdrawn: boolean;
  readonly priceChange?: PriceChange;
  readonly shortage?: Shortage;
  readonly limit?: LimitExceeded;
}

/** By the rules that commands are decided by. Of a withdrawn product nothing else is said. */
export function findingsOf(line: CartLine, products: KnownProducts): LineFindings {
  const product = products.get(line.productId);
  if (!isOnSale(product)) return { withdrawn: true };
  const priceChange = priceChangeOf(line, product);
  const shortage = shortageOf(product, line.quantity);
  const limit = limitExceeded(product, line.quantity, line.quantity);
  return {
    withdrawn: false,
    ...(priceChange === undefined ? {} : { priceChange }),
    ...(shortage === undefined ? {} : { shortage }),
    ...(limit === undefined ? {} : { limit }),
  };
}
