import type { RecordedEvent } from '@tillroll/event-store';
import { isDeepStrictEqual } from 'node:util';
import type { Violation } from './violation';

type Data = RecordedEvent['data'];

/** Checks invariant 4 in the order of the log: what an order is placed with is what its cart was locked with. */
export class CheckoutHistory {
  /** Locks that no order has come of yet, by order id. */
  private readonly locked = new Map<string, Data>();
  readonly violations: Violation[] = [];

  add({ streamId, type, data }: Pick<RecordedEvent, 'streamId' | 'type' | 'data'>): void {
    const orderId = String(data['orderId']);
    if (type === 'CartLocked') this.locked.set(orderId, data);
    if (type === 'CartUnlocked') this.locked.delete(orderId);
    if (type === 'OrderPlaced') this.placed(streamId, orderId, data);
  }

  private placed(streamId: string, orderId: string, order: Data): void {
    const lock = this.locked.get(orderId);
    this.locked.delete(orderId);
    const differs = ['cartId', 'lines', 'total'].filter((field) => lock !== undefined && !isDeepStrictEqual(lock[field], order[field]));
    if (differs.length === 0) return;
    this.violations.push({ invariant: 4, message: `an order was placed with another ${differs.join(', ')} than its cart was locked with`, streams: [streamId, `cart-${String(order['cartId'])}`] });
  }
}
