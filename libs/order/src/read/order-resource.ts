import type { PaymentAttempt } from '../write/payment-attempt';
import { refundedOf } from '../write/payment-attempt';
import type { OrderDocument } from './orders-projection';

/** The order as the HTTP contract shows it. `address` is left out once the customer is forgotten. */
export function orderResource(order: OrderDocument, address: unknown): Readonly<Record<string, unknown>> {
  const { orderId, customerId, status, paymentStatus, stockStatus, compensating, lines, total, tracking, placedAt, expiresAt, revision } = order;
  return {
    orderId,
    customerId,
    status,
    paymentStatus,
    stockStatus,
    compensating,
    lines,
    total,
    ...(address === undefined ? {} : { address }),
    ...(tracking === undefined ? {} : { tracking }),
    placedAt,
    expiresAt,
    revision,
  };
}

/** A payment attempt as the HTTP contract shows a payment. */
export function attemptResource(orderId: string, attempt: PaymentAttempt): Readonly<Record<string, unknown>> {
  const { paymentId, method, amount, status, reasonCode, nextAction, captured, transaction, refunds } = attempt;
  const { currency } = amount;
  return {
    paymentId,
    orderId,
    method,
    amount,
    status,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(nextAction === undefined ? {} : { nextAction }),
    captured: { amount: captured, currency },
    refunded: { amount: refundedOf(attempt), currency },
    ...(transaction === undefined ? {} : { transaction }),
    refunds: Object.entries(refunds).map(([refundId, refund]) => ({ refundId, paymentId, ...refund })),
  };
}
