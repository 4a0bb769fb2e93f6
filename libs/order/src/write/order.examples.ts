import { money, toTimestamp } from '@tillroll/kernel';
import type { OrderCommand } from './order-commands';
import type { OrderEvent } from './order-events';

/** One order, as the specifications tell of it. */
export const NOON = Date.UTC(2026, 0, 1, 12);
export const WINDOW_MS = 30 * 60_000;
export const total = money(2_000, 'EUR');
const of = { orderId: 'order-1', customerId: 'ada' };

export const placeOrder: OrderCommand = {
  type: 'PlaceOrder',
  ...of,
  requestId: 'request-1',
  cartId: 'cart-1',
  lines: [{ productId: 'tea', name: 'Tea', unitPrice: money(1_000, 'EUR'), quantity: 2, lineTotal: total }],
  total,
  address: 'sealed',
  at: NOON,
  paymentWindowMs: WINDOW_MS,
};
export const placed: OrderEvent = {
  type: 'OrderPlaced',
  ...of,
  requestId: 'request-1',
  cartId: 'cart-1',
  lines: [{ productId: 'tea', name: 'Tea', unitPrice: money(1_000, 'EUR'), quantity: 2, lineTotal: total }],
  total,
  address: 'sealed',
  placedAt: toTimestamp(NOON),
  expiresAt: toTimestamp(NOON + WINDOW_MS),
};
export const stockHeld: OrderEvent = { type: 'OrderStockHeld', ...of, cartId: 'cart-1' };
export const stockCommitted: OrderEvent = { type: 'OrderStockCommitted', ...of };
export const stockReleased: OrderEvent = { type: 'OrderStockReleased', ...of };
export const rejected: OrderEvent = { type: 'OrderRejected', ...of, cartId: 'cart-1', code: 'insufficient_stock', detail: {} };
export const expired: OrderEvent = { type: 'OrderExpired', ...of };
export const canceled: OrderEvent = { type: 'OrderCanceled', ...of, reason: 'too late', by: 'customer' };
export const processing: OrderEvent = { type: 'OrderProcessing', ...of };
export const shipped: OrderEvent = { type: 'OrderShipped', ...of, tracking: 'T1' };
export const compensated: OrderEvent = { type: 'CompensationCompleted', ...of };

export const paymentRequested = (paymentId: string): OrderEvent => ({
  type: 'OrderPaymentRequested',
  ...of,
  paymentId,
  amount: total,
  method: 'card_ok',
  payUntil: toTimestamp(NOON + WINDOW_MS),
});
export const captured = (paymentId: string): OrderEvent => ({ type: 'OrderPaymentUpdated', ...of, paymentId, status: 'captured', captured: total });
export const authorized = (paymentId: string): OrderEvent => ({ type: 'OrderPaymentUpdated', ...of, paymentId, status: 'authorized' });
export const failed = (paymentId: string): OrderEvent => ({ type: 'OrderPaymentUpdated', ...of, paymentId, status: 'failed', reasonCode: 'card_declined' });
export const voided = (paymentId: string): OrderEvent => ({ type: 'OrderPaymentUpdated', ...of, paymentId, status: 'voided' });
export const confirmed = (paymentId: string, paymentStatus: 'paid' | 'authorized' = 'paid'): OrderEvent => ({
  type: 'OrderConfirmed',
  ...of,
  paymentId,
  amount: total,
  paymentStatus,
});
export const voidRequired = (paymentId: string): OrderEvent => ({ type: 'OrderVoidRequired', ...of, paymentId });
export const refundRequired = (paymentId: string, refundId: string, reason: string): OrderEvent => ({
  type: 'OrderRefundRequired',
  ...of,
  paymentId,
  refundId,
  amount: total,
  reason,
});
export const refunded = (paymentId: string, refundId: string): OrderEvent => ({
  type: 'OrderRefundUpdated',
  ...of,
  paymentId,
  refundId,
  amount: total,
  status: 'succeeded',
});
export const returned = (paymentId: string): OrderEvent => ({ type: 'PaymentReturned', ...of, paymentId, amount: total });

export const startPayment = (paymentId: string, at = NOON + 1_000, amount = total): OrderCommand => ({
  type: 'StartPayment',
  paymentId,
  amount,
  method: 'card_ok',
  at,
});
export const recordCaptured = (paymentId: string): OrderCommand => ({ type: 'RecordPayment', paymentId, status: 'captured', captured: total });
