import { type DataOf, payment } from '@tillroll/contracts';
import type { OrderCommand } from '../write/order-commands';
import type { AttemptStatus, RefundStatus } from '../write/payment-attempt';
import type { Refusal } from '../write/checkout';

interface Told {
  readonly type: string;
  readonly data: unknown;
}

/** Why the cart did not give its lock, as the checkout keeps it. `stale` carries the numbers to ask with instead. */
export function checkoutRefusalOf(refused: { code: string; detail: Readonly<Record<string, unknown>>; cartNumber: number; checkoutNumber: number }): Refusal {
  const { code, detail, cartNumber, checkoutNumber } = refused;
  return { code, detail: code === 'stale' ? { cartNumber, checkoutNumber } : detail };
}

/** A shortage goes before an exceeded purchase limit: more stock may come, the limit stays. */
export function rejectionOf(refused: { readonly shortages: readonly unknown[]; readonly limits: readonly Readonly<Record<string, unknown>>[] }): Refusal {
  if (refused.shortages.length > 0) return { code: 'insufficient_stock', detail: { shortages: refused.shortages } };
  return { code: 'purchase_limit_exceeded', detail: refused.limits[0] ?? {} };
}

const STATUS: Readonly<Record<string, AttemptStatus>> = {
  [payment.PaymentActionRequired.type]: 'requires_action',
  [payment.PaymentProcessing.type]: 'processing',
  [payment.PaymentAuthorized.type]: 'authorized',
  [payment.PaymentCaptured.type]: 'captured',
  [payment.PaymentFailed.type]: 'failed',
  [payment.PaymentVoided.type]: 'voided',
  [payment.PaymentExpired.type]: 'expired',
};

type PaymentTold = Partial<DataOf<typeof payment.PaymentCaptured> & DataOf<typeof payment.PaymentFailed> & DataOf<typeof payment.PaymentActionRequired>>;

/** What the order is told when the payment context reports. */
export function paymentCommandOf(event: Told): { readonly orderId: string; readonly command: OrderCommand } {
  const { orderId = '', paymentId = '', amount, provider, reference, time, reasonCode, retryable, nextAction } = event.data as PaymentTold;
  const status = STATUS[event.type] ?? 'processing';
  const captured =
    status === 'captured' && amount !== undefined && provider !== undefined && reference !== undefined && time !== undefined
      ? { captured: amount, transaction: { provider, reference, amount, time } }
      : {};
  return {
    orderId,
    command: {
      type: 'RecordPayment',
      paymentId,
      status,
      ...captured,
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(retryable === undefined ? {} : { retryable }),
      ...(nextAction === undefined ? {} : { nextAction }),
    },
  };
}

const REFUND_STATUS: Readonly<Record<string, RefundStatus>> = {
  [payment.RefundRequested.type]: 'requested',
  [payment.RefundPending.type]: 'pending',
  [payment.RefundSucceeded.type]: 'succeeded',
  [payment.RefundFailed.type]: 'failed',
  [payment.RefundNeedsAttention.type]: 'needs_attention',
};

/** What the order is told of a refund. */
export function refundCommandOf(event: Told): { readonly orderId: string; readonly command: OrderCommand } {
  const { orderId, paymentId, refundId, amount } = event.data as DataOf<typeof payment.RefundRequested>;
  return { orderId, command: { type: 'RecordRefund', paymentId, refundId, amount, status: REFUND_STATUS[event.type] ?? 'requested' } };
}
