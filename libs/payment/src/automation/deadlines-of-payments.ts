import type { BusEvent } from '@tillroll/event-bus';
import type { DeadlineChange, Deadlines } from '@tillroll/processing';
import { firstCheckAt } from '../write/check-schedule';
import { onPaymentEvents } from '../read/payment-events-on-bus';

type On = Deadlines['on'];

const afterNews = ({ time }: BusEvent): number => firstCheckAt(Date.parse(time));

/** When the provider is asked about a payment by itself (its key is the payment): while it owes an answer. */
export const checksOfPayments: On = {
  ...onPaymentEvents(
    ['PaymentInitiated', 'PaymentActionRequired', 'PaymentProcessing', 'PaymentVoidRequested', 'PaymentCaptureRequested'],
    ({ paymentId }, event): readonly DeadlineChange[] => [{ key: paymentId, at: afterNews(event) }],
  ),
  ...onPaymentEvents(['PaymentCheckScheduled'], ({ paymentId, nextCheckAt }) => [{ key: paymentId, at: Date.parse(nextCheckAt) }]),
  ...onPaymentEvents(['PaymentAuthorized', 'PaymentCaptured', 'PaymentFailed', 'PaymentVoided', 'PaymentExpired'], ({ paymentId }) => [{ key: paymentId }]),
};

/** When a refund is asked about or tried again (its key is the refund). */
export const turnsOfRefunds: On = {
  ...onPaymentEvents(['RefundRequested', 'RefundPending', 'RefundRetryRequested'], ({ refundId, paymentId }, event): readonly DeadlineChange[] => [
    { key: refundId, at: afterNews(event), data: { paymentId } },
  ]),
  ...onPaymentEvents(['RefundCheckScheduled'], ({ refundId, paymentId, nextCheckAt }) => [
    { key: refundId, at: Date.parse(nextCheckAt), data: { paymentId } },
  ]),
  ...onPaymentEvents(['RefundFailed'], ({ refundId, paymentId, nextAttemptAt }): readonly DeadlineChange[] => [
    nextAttemptAt === undefined ? { key: refundId } : { key: refundId, at: Date.parse(nextAttemptAt), data: { paymentId } },
  ]),
  ...onPaymentEvents(['RefundSucceeded', 'RefundNeedsAttention'], ({ refundId }) => [{ key: refundId }]),
};
