import type { Cart } from '@tillroll/cart/write/cart-state';
import type { Reservation } from '@tillroll/inventory/write/reservation';
import type { EpochMs } from '@tillroll/kernel';
import type { Checkout } from '@tillroll/order/write/checkout';
import { attemptsOf, hasFallenThrough, isCompensating, isPlaced, type Order, type PlacedOrder } from '@tillroll/order/write/order-state';
import type { KnownPayment } from '@tillroll/payment/write/payment-state';
import { isQuietSince } from './movement';
import type { Violation } from './violation';

/** What all contexts know of one order. */
export interface AuditedOrder {
  readonly orderId: string;
  readonly order: Order;
  readonly checkout: Checkout;
  readonly reservation: Reservation;
  readonly payments: readonly KnownPayment[];
  /** Of the checkout; undefined when it is not known. */
  readonly cart: Cart | undefined;
  /** Nothing has happened in these streams for long, and nothing that they announced is still to come. */
  readonly isQuiet: boolean;
}

/** Checks invariants 3 to 6 and 8 on one order. What is still moving is given time. */
export function violationsOfOrder(audited: AuditedOrder, now: EpochMs): readonly Violation[] {
  const { order } = audited;
  if (!isPlaced(order)) return audited.isQuiet ? strandedCheckout(audited) : [];
  return [...strayStock(audited, order), ...strayCart(audited, order), ...strayMoney(audited, order), ...stuck(audited, order, now)];
}

const streamsOf = ({ orderId, payments }: AuditedOrder): readonly string[] => [`order-${orderId}`, `reservation-${orderId}`, ...payments.map(({ paymentId }) => `payment-${paymentId}`)];

function strandedCheckout({ orderId, checkout, payments, reservation }: AuditedOrder): readonly Violation[] {
  const found: Violation[] = [];
  if (checkout.status === 'requested') found.push({ invariant: 8, message: 'a checkout got no answer', streams: [`checkout-${orderId}`] });
  if (reservation.status !== 'none') found.push({ invariant: 3, message: 'a reservation has no order', streams: [`reservation-${orderId}`] });
  for (const { paymentId } of payments) found.push({ invariant: 6, message: 'a payment has no order', streams: [`payment-${paymentId}`] });
  return found;
}

function strayStock({ reservation: { status }, isQuiet }: AuditedOrder, order: PlacedOrder): readonly Violation[] {
  const streams = [`order-${order.orderId}`, `reservation-${order.orderId}`];
  const mismatch: Violation = { invariant: 3, message: `an order that is ${order.status} has a reservation that is ${status}`, streams };
  const isLive = status === 'requested' || status === 'held' || status === 'committed';
  const isFinal = hasFallenThrough(order) || order.status === 'delivered';
  if (isFinal && isLive && (isQuiet || order.stockStatus === 'released')) return [mismatch];
  if (hasFallenThrough(order) && status === 'shipped') return [{ invariant: 3, message: `the goods of an order that is ${order.status} were shipped`, streams }];
  const needsGoods = order.status === 'confirmed' || order.status === 'processing';
  if (needsGoods && isQuiet && status !== 'committed') return [mismatch];
  if (order.status === 'shipped' && isQuiet && status !== 'shipped') return [mismatch];
  return [];
}

function strayCart({ checkout, cart, isQuiet }: AuditedOrder, order: PlacedOrder): readonly Violation[] {
  const streams = [`order-${order.orderId}`, `cart-${order.cartId}`];
  const found: Violation[] = [];
  const total = order.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice.amount, 0);
  if (total !== order.total.amount) found.push({ invariant: 4, message: `the lines make ${total}, the total is ${order.total.amount}`, streams });
  if (cart === undefined) return found;
  const isOwn = cart.status === 'checked_out' && cart.orderId === order.orderId;
  if (checkout.status === 'completed' && !isOwn) found.push({ invariant: 4, message: 'the cart of a completed checkout is not checked out for its order', streams });
  if (isQuiet && order.stockStatus === 'committed' && !isOwn) found.push({ invariant: 4, message: 'the order has its stock, the cart is not its own', streams });
  if (isOwn) {
    const differs = order.lines.length !== cart.lines.size || order.lines.some(({ productId, quantity }) => cart.lines.get(productId)?.quantity !== quantity);
    if (differs) found.push({ invariant: 4, message: 'the lines of the order are not those of its cart', streams });
  }
  return found;
}

function strayMoney(audited: AuditedOrder, order: PlacedOrder): readonly Violation[] {
  const found: Violation[] = [];
  const streams = streamsOf(audited);
  const captured = audited.payments.reduce((sum, payment) => sum + payment.captured.amount, 0);
  const kept = audited.payments.reduce((sum, payment) => sum + payment.captured.amount - payment.refunded.amount, 0);
  for (const payment of audited.payments)
    if (payment.refunded.amount > payment.captured.amount) found.push({ invariant: 5, message: 'more was paid back than was taken', streams });
  if (!audited.isQuiet) return found;
  const isForPeople = audited.payments.some(({ refunds }) => refunds.some(({ status }) => status === 'needs_attention'));
  if (kept > order.total.amount && !isForPeople) found.push({ invariant: 5, message: `${kept} is kept for an order of ${order.total.amount}`, streams });
  if (hasFallenThrough(order) && kept !== 0 && !isForPeople) found.push({ invariant: 5, message: `${kept} is kept of an order that is ${order.status}`, streams });
  if (order.status === 'pending' && captured > 0) found.push({ invariant: 6, message: 'a captured payment confirmed nothing', streams });
  const known = attemptsOf(order).reduce((sum, attempt) => sum + attempt.captured, 0);
  if (known !== captured) found.push({ invariant: 6, message: `the order knows of ${known} captured, the payments of ${captured}`, streams });
  return found;
}

function stuck(audited: AuditedOrder, order: PlacedOrder, now: EpochMs): readonly Violation[] {
  const { checkout, payments, isQuiet } = audited;
  const streams = [`order-${order.orderId}`];
  if (order.status === 'pending' && isQuietSince(Date.parse(order.expiresAt), now)) return [{ invariant: 8, message: 'an unpaid order outlived its payment window', streams }];
  if (!isQuiet) return [];
  if (checkout.status === 'requested') return [{ invariant: 8, message: 'a checkout got no answer', streams: [`checkout-${order.orderId}`, ...streams] }];
  const isForPeople = payments.some(({ refunds }) => refunds.some(({ status }) => status === 'needs_attention'));
  if (hasFallenThrough(order) && isCompensating(order) && !isForPeople) return [{ invariant: 8, message: 'a compensation does not go on', streams: streamsOf(audited) }];
  const idle = payments.flatMap(({ refunds }) => refunds).find(({ status }) => status === 'requested' || status === 'pending' || status === 'failed');
  if (idle !== undefined) return [{ invariant: 8, message: `a refund that is ${idle.status} does not go on`, streams: streamsOf(audited) }];
  return [];
}
