import type { CartEvent } from '@tillroll/cart/write/cart-events';
import type { AllowanceEvent } from '@tillroll/inventory/write/allowance';
import type { ProductEvent } from '@tillroll/inventory/write/product';
import type { ReservationEvent } from '@tillroll/inventory/write/reservation-events';
import type { StockEvent } from '@tillroll/inventory/write/stock-events';
import { money, toTimestamp, uuid5 } from '@tillroll/kernel';
import type { CheckoutEvent } from '@tillroll/order/write/checkout';
import type { OrderEvent } from '@tillroll/order/write/order-events';
import type { PaymentEvent } from '@tillroll/payment/write/payment-events';

export const NOON = Date.UTC(2030, 0, 1, 12);
export const MINUTE = 60_000;
export const PRICE = money(1_000, 'EUR');
export const at = (minutes: number): string => toTimestamp(NOON + minutes * MINUTE);

export type StoryEvent = CartEvent | AllowanceEvent | ProductEvent | ReservationEvent | StockEvent | CheckoutEvent | OrderEvent | PaymentEvent;
/** A stream and what happens next in it. */
export type Step = readonly [streamId: string, event: StoryEvent];

const customerId = uuid5('customer', 'ada');

/** What the steps of one purchase of tea name. */
export interface Purchase {
  readonly orderId: string;
  readonly cartId: string;
  readonly paymentId: string;
  readonly quantity: number;
  readonly cartNumber: number;
}

export const purchase = (cartNumber: number, quantity = 1): Purchase => {
  const cartId = uuid5('cart', customerId, cartNumber);
  const orderId = uuid5('order', cartId, 0);
  return { orderId, cartId, paymentId: uuid5('payment', orderId), quantity, cartNumber };
};

export const idsOf = ({ orderId, paymentId }: Purchase) => ({ orderId, customerId, paymentId });
const ofOrder = ({ orderId }: Purchase) => ({ orderId, customerId });
const totalOf = ({ quantity }: Purchase) => money(quantity * PRICE.amount, 'EUR');
export const refundIdOf = ({ paymentId }: Purchase): string => uuid5('refund', paymentId);

export const tea = { productId: 'tea', name: 'Tea', price: PRICE, purchaseLimit: { quantity: 6, days: 30 }, onSale: true };

export const stocked: readonly Step[] = [
  ['product-tea', { type: 'ProductCreated', ...tea }],
  ['stock-tea', { type: 'StockAdjusted', productId: 'tea', delta: 10, reason: 'received', onHand: 10, held: 0, committed: 0 }],
];

export const line = (of: Purchase) => ({ productId: 'tea', name: 'Tea', unitPrice: PRICE, quantity: of.quantity, lineTotal: totalOf(of) });

/** From the cart to the held order. The ledger's totals are those of a shop where nothing else goes on. */
export function placing(of: Purchase, onHand = 10): readonly Step[] {
  const { orderId, cartId, cartNumber, quantity } = of;
  const order = ofOrder(of);
  const checkout = { cartId, customerId, cartNumber, checkoutNumber: 0, orderId };
  const requestId = uuid5('request', orderId);
  return [
    [`cart-${cartId}`, { type: 'ItemAdded', cartId, customerId, productId: 'tea', quantity, unitPrice: PRICE }],
    [`checkout-${orderId}`, { type: 'CheckoutRequested', ...order, requestId, cartId, cartNumber, checkoutNumber: 0, addressId: uuid5('address'), address: 'sealed' }],
    [`cart-${cartId}`, { type: 'CartLocked', ...checkout, lines: [line(of)], total: totalOf(of), lockedUntil: at(2) }],
    [`order-${orderId}`, { type: 'OrderPlaced', ...order, requestId, cartId, lines: [line(of)], total: totalOf(of), address: 'sealed', placedAt: at(0), expiresAt: at(30) }],
    ['stock-tea', { type: 'StockHeld', productId: 'tea', orderId, quantity, onHand, held: quantity, committed: 0, expiresAt: at(31) }],
    [`allowance-tea~${customerId}`, { type: 'AllowanceClaimed', productId: 'tea', ...order, quantity, at: at(0) }],
    [`reservation-${orderId}`, { type: 'ReservationRequested', ...order, lines: [{ productId: 'tea', quantity }], expiresAt: at(31) }],
    [`reservation-${orderId}`, { type: 'ReservationHeld', orderId }],
    [`order-${orderId}`, { type: 'OrderStockHeld', ...order, cartId }],
    [`cart-${cartId}`, { type: 'CartCheckedOut', ...checkout }],
    [`checkout-${orderId}`, { type: 'CheckoutCompleted', ...order, cartId }],
  ];
}

const transaction = (of: Purchase) => ({ provider: 'sandbox', reference: `in_${of.cartNumber}`, amount: totalOf(of), time: at(1) });

/** Paid, and its stock committed. */
export function paying(of: Purchase, onHand = 10): readonly Step[] {
  const { orderId, paymentId, quantity } = of;
  const amount = totalOf(of);
  return [
    [`order-${orderId}`, { type: 'OrderPaymentRequested', ...idsOf(of), amount, method: 'card_ok', payUntil: at(30) }],
    [`payment-${paymentId}`, { type: 'PaymentInitiated', ...idsOf(of), amount, method: 'card_ok', provider: 'sandbox', payUntil: at(30) }],
    [`payment-${paymentId}`, { type: 'PaymentCaptured', ...idsOf(of), ...transaction(of) }],
    [`order-${orderId}`, { type: 'OrderPaymentUpdated', ...idsOf(of), status: 'captured', captured: amount, transaction: transaction(of) }],
    [`order-${orderId}`, { type: 'OrderConfirmed', ...idsOf(of), amount, paymentStatus: 'paid' }],
    ['stock-tea', { type: 'StockCommitted', productId: 'tea', orderId, quantity, onHand, held: 0, committed: quantity }],
    [`reservation-${orderId}`, { type: 'ReservationCommitted', orderId }],
    [`order-${orderId}`, { type: 'OrderStockCommitted', ...ofOrder(of) }],
  ];
}

export function shipping(of: Purchase, onHand = 10): readonly Step[] {
  const { orderId, quantity } = of;
  return [
    [`order-${orderId}`, { type: 'OrderProcessing', ...ofOrder(of) }],
    [`order-${orderId}`, { type: 'OrderShipped', ...ofOrder(of), tracking: 'T1' }],
    ['stock-tea', { type: 'StockShipped', productId: 'tea', orderId, quantity, onHand: onHand - quantity, held: 0, committed: 0, at: at(3) }],
    [`reservation-${orderId}`, { type: 'ReservationShipped', orderId }],
    [`order-${orderId}`, { type: 'OrderDelivered', ...ofOrder(of) }],
  ];
}

/** A paid order is canceled: its stock is released and its payment refunded. */
export function canceling(of: Purchase, onHand = 10): readonly Step[] {
  const { orderId, paymentId, quantity } = of;
  const refund = { ...idsOf(of), refundId: refundIdOf(of), amount: totalOf(of) };
  return [
    [`order-${orderId}`, { type: 'OrderCanceled', ...ofOrder(of), reason: 'changed my mind', by: 'customer' }],
    [`order-${orderId}`, { type: 'OrderRefundRequired', ...refund, reason: 'order_canceled' }],
    ['stock-tea', { type: 'StockReleased', productId: 'tea', orderId, quantity, onHand, held: 0, committed: 0, reason: 'order_canceled', at: at(3) }],
    [`allowance-tea~${customerId}`, { type: 'AllowanceReleased', productId: 'tea', ...ofOrder(of), at: at(3) }],
    [`reservation-${orderId}`, { type: 'ReservationReleased', orderId, reason: 'order_canceled' }],
    [`order-${orderId}`, { type: 'OrderStockReleased', ...ofOrder(of) }],
    [`payment-${paymentId}`, { type: 'RefundRequested', ...refund, reason: 'order_canceled' }],
    [`payment-${paymentId}`, { type: 'RefundSucceeded', ...refund, reference: 're_1', time: at(3) }],
    [`order-${orderId}`, { type: 'OrderRefundUpdated', ...refund, status: 'succeeded' }],
    [`order-${orderId}`, { type: 'CompensationCompleted', ...ofOrder(of) }],
  ];
}

/** The first order is shipped, the second canceled, the third still held. */
export const [first, second, third] = [purchase(0, 2), purchase(1, 3), purchase(2, 1)] as const;

export const goodStory: readonly Step[] = [
  ...stocked,
  ...placing(first),
  ...paying(first),
  ...shipping(first),
  ...placing(second, 8),
  ...paying(second, 8),
  ...canceling(second, 8),
  ...placing(third, 8),
];
