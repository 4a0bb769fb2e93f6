import type { RecordedEvent } from '@tillroll/event-store';
import type { Violation } from './violation';

/** Checks invariants 2 and 3 on the history of stock ledgers, event by event in the order of the log. */
export class StockHistory {
  private readonly balances = new Map<string, number>();
  private readonly ended = new Set<string>();
  readonly violations: Violation[] = [];

  add({ streamId, type, data }: Pick<RecordedEvent, 'streamId' | 'type' | 'data'>): void {
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
