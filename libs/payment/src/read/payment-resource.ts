import type { KnownPayment } from '../write/payment-state';
import type { Refund } from '../write/refund-state';

/** The payment as the HTTP contract shows it. */
export function paymentResource(payment: KnownPayment): Readonly<Record<string, unknown>> {
  const { paymentId, orderId, method, amount, status, reasonCode, nextAction, captured, refunded, transaction, refunds } = payment;
  return {
    paymentId,
    orderId,
    method,
    amount,
    status,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(nextAction === undefined ? {} : { nextAction }),
    captured,
    refunded,
    ...(transaction === undefined ? {} : { transaction }),
    refunds: refunds.map((refund) => refundResource(paymentId, refund)),
  };
}

/** The refund as the HTTP contract shows it. */
export function refundResource(paymentId: string, refund: Refund): Readonly<Record<string, unknown>> {
  const { refundId, amount, reason, status, reasonCode, attempts, nextAttemptAt } = refund;
  return {
    refundId,
    paymentId,
    amount,
    reason,
    status,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    attempts,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
  };
}
