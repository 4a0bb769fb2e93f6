import Type from 'typebox';
import { contractsOf } from './event-contract';
import { count, freeText, line, money, nextAction, sealed, text, timestamp, uuid } from './fields';

export * from './order-notices';

const { publicEvent, internalEvent } = contractsOf('order');

const order = { orderId: uuid, customerId: uuid };
const payment = { ...order, paymentId: uuid };

export const CheckoutRequested = internalEvent('checkout-requested', 'Asks the cart for its lock.', {
  ...order, requestId: uuid, cartId: uuid, cartNumber: count, checkoutNumber: count, addressId: uuid, address: sealed, expectedTotal: Type.Optional(money),
});
export const CheckoutJoined = internalEvent('checkout-joined', 'Another request waits for the same checkout.', { ...order, requestId: uuid });
export const CheckoutRefused = internalEvent('checkout-refused', 'No order was created.', { ...order, code: text, detail: Type.Record(text, Type.Unknown()) });
export const CheckoutEnded = internalEvent('checkout-ended', 'The order ended before the cart was checked out.', order);
export const CheckoutCompleted = internalEvent('checkout-completed', 'The cart is checked out.', { ...order, cartId: uuid });

export const OrderPlaced = publicEvent('order-placed', 'An order was created; stock is being held.', {
  ...order, requestId: uuid, cartId: uuid, lines: Type.Array(line), total: money, address: sealed, placedAt: timestamp, expiresAt: timestamp,
});
export const OrderStockHeld = internalEvent('order-stock-held', 'All lines are held: asks the cart to check out.', { ...order, cartId: uuid });
export const OrderStockCommitted = internalEvent('order-stock-committed', 'The stock belongs to the order.', order);
export const OrderStockReleased = internalEvent('order-stock-released', 'The stock is free again.', order);
export const OrderRejected = publicEvent('order-rejected', 'The order could not be supplied.', { ...order, cartId: uuid, code: text, detail: Type.Record(text, Type.Unknown()) });
export const OrderPaymentRequested = internalEvent('order-payment-requested', 'Asks for a payment.', { ...payment, amount: money, method: text, returnUrl: Type.Optional(text), payUntil: timestamp });
export const OrderPaymentJoined = internalEvent('order-payment-joined', 'Another payment was asked for while this one was live, and is this one.', { ...payment, askedFor: uuid });
export const OrderPaymentAskedAgain = internalEvent('order-payment-asked-again', 'Asks for a payment that has not begun at the provider: the customer is waiting.', payment);
export const OrderPaymentUpdated = internalEvent('order-payment-updated', 'What became of a payment attempt, as the order learned it.', {
  ...payment, status: text, nextAction: Type.Optional(nextAction), reasonCode: Type.Optional(text), retryable: Type.Optional(Type.Boolean()),
  captured: Type.Optional(money), transaction: Type.Optional(Type.Object({ provider: text, reference: text, amount: money, time: timestamp })),
});
export const OrderRefundUpdated = internalEvent('order-refund-updated', 'What became of a refund, as the order learned it.', { ...payment, refundId: uuid, amount: money, status: text });
export const OrderConfirmed = publicEvent('order-confirmed', 'The order is paid, or its payment is authorised.', { ...payment, amount: money, paymentStatus: text });
export const OrderExpired = publicEvent('order-expired', 'The payment window ended.', order);
export const OrderCanceled = publicEvent('order-canceled', 'The order was canceled.', { ...order, reason: freeText, note: Type.Optional(freeText), by: Type.Union([Type.Literal('customer'), Type.Literal('admin'), Type.Literal('system')]) });
export const OrderProcessing = publicEvent('order-processing', 'The order is being packed.', { ...order, note: Type.Optional(freeText) });
export const OrderShipped = publicEvent('order-shipped', 'The order left the house.', { ...order, note: Type.Optional(freeText), tracking: Type.Optional(text) });
export const OrderDelivered = publicEvent('order-delivered', 'The order arrived.', { ...order, note: Type.Optional(freeText) });
export const OrderVoidRequired = internalEvent('order-void-required', 'Asks to void a live or authorised payment.', payment);
export const OrderRefundRequired = internalEvent('order-refund-required', 'Asks to pay back what was captured.', {
  ...payment, refundId: uuid, amount: money, reason: text,
});
export const PaymentReturned = internalEvent('payment-returned', 'Money came in after the order had ended and goes back: the customer is told.', { ...payment, amount: money });
export const CompensationCompleted = publicEvent('compensation-completed', 'Every refund, void and release of an ended order is done.', order);
