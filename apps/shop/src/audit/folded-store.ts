import { cartType } from '@tillroll/cart/aggregate-types';
import type { RecordedEvent } from '@tillroll/event-store';
import { reservationType, stockType } from '@tillroll/inventory/aggregate-types';
import { checkoutType, orderType } from '@tillroll/order/order-types';
import { isPlaced } from '@tillroll/order/write/order-state';
import { paymentType } from '@tillroll/payment/payment-types';
import { isKnown, type KnownPayment } from '@tillroll/payment/write/payment-state';
import type { AggregateType, DomainEvent } from '@tillroll/processing';
import type { AuditedOrder } from './audited-order';

/** States of the streams of one kind, folded in the order of the log. */
class Folded<State, Command, Event extends DomainEvent> {
  readonly states = new Map<string, State>();
  readonly revisions = new Map<string, number>();
  private readonly prefix: string;

  constructor(private readonly type: AggregateType<State, Command, Event>) {
    this.prefix = `${type.name}-`;
  }

  /** The id of the stream when it is of this kind. */
  add(event: RecordedEvent): string | undefined {
    if (!event.streamId.startsWith(this.prefix)) return undefined;
    const id = event.streamId.slice(this.prefix.length);
    const { decider } = this.type;
    this.states.set(id, decider.evolve(this.get(id), { ...event.data, type: event.type } as unknown as Event));
    this.revisions.set(id, event.revision);
    return id;
  }

  get(id: string): State {
    return this.states.get(id) ?? this.type.decider.initialState;
  }
}

/** The present state of everything that the audit looks at, from the events alone. */
export class FoldedStore {
  readonly orders = new Folded(orderType);
  private readonly checkouts = new Folded(checkoutType);
  private readonly reservations = new Folded(reservationType);
  private readonly payments = new Folded(paymentType);
  private readonly carts = new Folded(cartType);
  readonly stocks = new Folded(stockType);
  private readonly paymentsOfOrders = new Map<string, Set<string>>();
  private readonly lastEvents = new Map<string, number>();

  add(event: RecordedEvent): void {
    const orderId = this.orders.add(event) ?? this.checkouts.add(event) ?? this.reservations.add(event) ?? this.addPayment(event);
    if (orderId !== undefined) this.lastEvents.set(orderId, Date.parse(event.metadata.time));
    else if (this.carts.add(event) === undefined) this.stocks.add(event);
  }

  orderIds(): Iterable<string> {
    return this.lastEvents.keys();
  }

  audited(orderId: string): AuditedOrder {
    const order = this.orders.get(orderId);
    return {
      orderId,
      order,
      checkout: this.checkouts.get(orderId),
      reservation: this.reservations.get(orderId),
      payments: [...(this.paymentsOfOrders.get(orderId) ?? [])].map((id) => this.payments.get(id)).filter((payment): payment is KnownPayment => isKnown(payment)),
      cart: isPlaced(order) ? this.carts.states.get(order.cartId) : undefined,
      quietSince: this.lastEvents.get(orderId) ?? 0,
    };
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
}
