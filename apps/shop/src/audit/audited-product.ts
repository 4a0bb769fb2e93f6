import type { Stock } from '@tillroll/inventory/write/stock-state';
import type { Violation } from './violation';

/** Checks invariants 1 and 2 on the ledger of one product. */
export function violationsOfStock(productId: string, stock: Stock): readonly Violation[] {
  const streams = [`stock-${productId}`];
  const { onHand, held, committed, shortfall } = stock;
  const found: Violation[] = [];
  if (held + committed - onHand > shortfall) found.push({ invariant: 1, message: `${held} held and ${committed} committed of ${onHand} on hand, shortfall recorded: ${shortfall}`, streams });
  const claimed = (claims: Stock['holds']) => [...claims.values()].reduce((sum, { quantity }) => sum + quantity, 0);
  if (claimed(stock.holds) !== held) found.push({ invariant: 2, message: `the live holds make ${claimed(stock.holds)}, held is ${held}`, streams });
  if (claimed(stock.commitments) !== committed) found.push({ invariant: 2, message: `the live commitments make ${claimed(stock.commitments)}, committed is ${committed}`, streams });
  return found;
}
