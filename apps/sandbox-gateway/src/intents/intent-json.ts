import { toTimestamp } from '@tillroll/kernel';
import type { Intent } from './intent';
import type { Refund } from './refund';

/** An intent as the API and the webhooks show it. `checkoutUrl`: of its hosted page, where it can be named. */
export function intentJson(intent: Intent, checkoutUrl?: (id: string) => string): Readonly<Record<string, unknown>> {
  const { id, request, status, captured, refunded, reasonCode, wakesAt, createdAt, updatedAt } = intent;
  return {
    id,
    orderId: request.orderId,
    paymentId: request.paymentId,
    amount: request.amount,
    currency: request.currency,
    captured,
    refunded,
    status,
    method: request.method,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(status === 'requires_action' && wakesAt !== undefined && checkoutUrl !== undefined
      ? { nextAction: { type: 'redirect', url: checkoutUrl(id), expiresAt: toTimestamp(wakesAt) } }
      : {}),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
  };
}

export function refundJson(refund: Refund): Readonly<Record<string, unknown>> {
  const { id, request, orderId, paymentId, currency, status, reasonCode, createdAt } = refund;
  return {
    id,
    intentId: request.intentId,
    refundId: request.refundId,
    orderId,
    paymentId,
    amount: request.amount,
    currency,
    status,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    createdAt: toTimestamp(createdAt),
  };
}
