import type { EpochMs } from '@tillroll/kernel';
import type { Intent } from './intent';
import { Refusal } from './refusal';
import { testMethods } from './test-methods';

export interface RefundRequest {
  readonly intentId: string;
  readonly refundId: string;
  /** Minor units. */
  readonly amount: number;
  /** Default: the intent's. */
  readonly currency?: string;
}

/** One attempt to pay back; it succeeds or fails at once. */
export interface Refund {
  readonly id: string;
  readonly request: RefundRequest;
  readonly paymentId: string;
  readonly orderId: string;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  /** With `failed`. */
  readonly reasonCode?: 'refund_declined';
  readonly createdAt: EpochMs;
}

/** The refund, and the intent with it. Refuses with `refund_exceeds_captured` or `invalid_request`. */
export function openRefund(id: string, request: RefundRequest, intent: Intent, at: EpochMs): { readonly refund: Refund; readonly intent: Intent } {
  if (request.currency !== undefined && request.currency !== intent.request.currency)
    throw new Refusal('invalid_request', `the intent is in ${intent.request.currency}`, intent);
  if (request.amount > intent.captured - intent.refunded)
    throw new Refusal('refund_exceeds_captured', `${intent.captured - intent.refunded} can be refunded`, intent);
  const { paymentId, orderId, currency, method } = intent.request;
  const asked = { id, request, paymentId, orderId, currency, createdAt: at };
  if (testMethods.get(method)?.refundsFail === true)
    return { refund: { ...asked, status: 'failed', reasonCode: 'refund_declined' }, intent };
  return { refund: { ...asked, status: 'succeeded' }, intent: { ...intent, refunded: intent.refunded + request.amount, updatedAt: at } };
}

/** Whether a repeated idempotency key came with the request that it was first used for. */
export const refundsTheSame = (a: RefundRequest, b: RefundRequest): boolean =>
  a.intentId === b.intentId && a.refundId === b.refundId && a.amount === b.amount && a.currency === b.currency;
