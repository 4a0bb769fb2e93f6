import { cartType } from '@tillroll/cart/aggregate-types';
import type { RecordedEvent } from '@tillroll/event-store';
import { reservationType, stockType } from '@tillroll/inventory/aggregate-types';
import type { EpochMs } from '@tillroll/kernel';
import { checkoutType, orderType } from '@tillroll/order/order-types';
import { isPlaced } from '@tillroll/order/write/order-state';
import { paymentType } from '@tillroll/payment/payment-types';
import { isKnown, type KnownPayment } from '@tillroll/payment/write/payment-state';
import type { AuditedOrder } from './audited-order';
import { FoldedStreams } from './folded-streams';
import { isQuietSince, movesUntil } from './movement';

/** The present state of everything that the audit looks at, from the events alone. */
export class FoldedStore {
  readonly orders = new FoldedStreams(orderType);
  readonly reservations = new FoldedStreams(reservationType);
  readonly carts = new FoldedStreams(cartType);
  readonly stocks = new FoldedStreams(stockType);
  private readonly checkouts = new FoldedStreams(checkoutType);
  private readonly payments = new FoldedStreams(paymentType);
  private readonly paymentsOfOrders = new Map<string, Set<string>>();
  private readonly movements = new Map<string, EpochMs>();

  add(event: RecordedEvent): void {
    const orderId = this.orders.add(event) ?? this.checkouts.add(event) ?? this.reservations.add(event) ?? this.addPayment(event);
    if (orderId !== undefined) this.moved(orderId, event);
    else if (this.stocks.add(event) !== undefined) this.stockMoved(event);
    else this.carts.add(event);
  }

  orderIds(): ReadonlySet<string> {
    const known = [this.orders, this.checkouts, this.reservations].flatMap(({ states }) => [...states.keys()]);
    return new Set([...known, ...this.paymentsOfOrders.keys()]);
  }

  audited(orderId: string, now: EpochMs): AuditedOrder {
    const order = this.orders.get(orderId);
    return {
      orderId,
      order,
      checkout: this.checkouts.get(orderId),
      reservation: this.reservations.get(orderId),
      payments: [...(this.paymentsOfOrders.get(orderId) ?? [])].map((id) => this.payments.get(id)).filter((payment): payment is KnownPayment => isKnown(payment)),
      cart: isPlaced(order) ? this.carts.states.get(order.cartId) : undefined,
      isQuiet: this.isQuiet(orderId, now),
    };
  }

  /** Nothing of the order is in motion, in any context. */
  isQuiet(orderId: string, now: EpochMs): boolean {
    return isQuietSince(this.movements.get(orderId) ?? 0, now);
  }

  /** Until when something more is to be expected of the order. */
  movesUntil(orderId: string): EpochMs {
    return this.movements.get(orderId) ?? 0;
  }

  private addPayment(event: RecordedEvent): string | undefined {
    const paymentId = this.payments.add(event);
    if (paymentId === undefined) return undefined;
    const payment = this.payments.get(paymentId);
    if (!isKnown(payment)) return undefined;
    const ofOrder = this.paymentsOfOrders.get(payment.orderId) ?? new Set<string>();
    this.paymentsOfOrders.set(payment.orderId, ofOrder.add(paymentId));
    return payment.orderId;
  }

  private stockMoved(event: RecordedEvent): void {
    const { orderId } = event.data;
    if (typeof orderId === 'string') this.moved(orderId, event);
  }

  private moved(orderId: string, event: RecordedEvent): void {
    this.movements.set(orderId, Math.max(this.movesUntil(orderId), movesUntil(event)));
  }
}
