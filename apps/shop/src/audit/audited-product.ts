import type { Stock } from '@tillroll/inventory/write/stock-state';
import type { Violation } from './violation';

/** Checks invariants 1 and 2 on the ledger of one product. */
export function violationsOfStock(productId: string, stock: Stock): readonly Violation[] {
  const streams = [`stock-${productId}`];
  const { onHand, held, committed, shortfall } = stock;
  const found: Violation[] = [];
  if (onHand < 0 && shortfall === 0) found.push({ invariant: 1, message: `${onHand} on hand`, streams });
  if (held + committed - onHand > shortfall) found.push({ invariant: 1, message: `${held} held and ${committed} committed of ${onHand} on hand, shortfall recorded: ${shortfall}`, streams });
  const claimed = (claims: Stock['holds']) => [...claims.values()].reduce((sum, { quantity }) => sum + quantity, 0);
  if (claimed(stock.holds) !== held) found.push({ invariant: 2, message: `the live holds make ${claimed(stock.holds)}, held is ${held}`, streams });
  if (claimed(stock.commitments) !== committed) found.push({ invariant: 2, message: `the live commitments make ${claimed(stock.commitments)}, committed is ${committed}`, streams });
  return found;
}

/** Checks invariants 2 and 3 on the history of stock ledgers, event by event in the order of the log. */
export class StockHistory {
  private readonly balances = new Map<string, number>();
  private readonly ended = new Set<string>();
  readonly violations: Violation[] = [];

  add(streamId: string, type: string, data: Readonly<Record<string, unknown>>): void {
    if (type === 'StockAdjusted') this.move(streamId, Number(data['delta']), Number(data['onHand']));
    if (type === 'StockShipped') this.move(streamId, -Number(data['quantity']), Number(data['onHand']));
    if (type === 'StockReleased' || type === 'StockShipped') this.end(streamId, String(data['orderId']));
    if (type === 'StockHeld') this.ended.delete(`${streamId} ${String(data['orderId'])}`);
  }

  private move(streamId: string, delta: number, onHand: number): void {
    const balance = (this.balances.get(streamId) ?? 0) + delta;
    this.balances.set(streamId, balance);
    if (balance !== onHand) this.violations.push({ invariant: 2, message: `received + adjusted - shipped is ${balance}, on hand is ${onHand}`, streams: [streamId] });
  }

  private end(streamId: string, orderId: string): void {
    const key = `${streamId} ${orderId}`;
    if (this.ended.has(key)) this.violations.push({ invariant: 3, message: 'a reservation ended twice', streams: [streamId, `reservation-${orderId}`] });
    this.ended.add(key);
  }
}
