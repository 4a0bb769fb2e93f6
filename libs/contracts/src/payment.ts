import Type from 'typebox';
import { contractsOf } from './event-contract';
import { count, money, nextAction, text, timestamp, uuid } from './fields';

const { publicEvent, internalEvent } = contractsOf('payment');

const payment = { paymentId: uuid, orderId: uuid, customerId: uuid };
const transaction = { provider: text, reference: text };
const refund = { ...payment, refundId: uuid, amount: money };

export const PaymentInitiated = publicEvent('payment-initiated', 'A payment was begun; the provider is called next.', {
  ...payment, amount: money, method: text, returnUrl: Type.Optional(text), provider: text, payUntil: timestamp,
});
export const PaymentActionRequired = publicEvent('payment-action-required', 'The customer has to act at the provider.', { ...payment, reference: text, nextAction });
export const PaymentProcessing = internalEvent('payment-processing', 'The provider is working on it.', { ...payment, reference: text });
export const PaymentAuthorized = publicEvent('payment-authorized', 'The money is reserved at the provider.', { ...payment, amount: money, ...transaction, time: timestamp });
export const PaymentCaptured = publicEvent('payment-captured', 'The money was taken.', { ...payment, amount: money, ...transaction, time: timestamp });
export const PaymentFailed = publicEvent('payment-failed', 'The payment was refused.', { ...payment, reasonCode: text, retryable: Type.Boolean() });
export const PaymentVoidRequested = internalEvent('payment-void-requested', 'The provider is asked to cancel.', {
  ...payment, because: Type.Union([Type.Literal('canceled'), Type.Literal('expired')]),
});
export const PaymentCaptureRequested = internalEvent('payment-capture-requested', 'The provider is asked to take authorised money.', payment);
export const PaymentVoided = publicEvent('payment-voided', 'The payment was cancelled before any money was taken.', payment);
export const PaymentExpired = publicEvent('payment-expired', 'The payment window ended before the customer paid.', payment);
export const PaymentMismatchRecorded = internalEvent('payment-mismatch-recorded', 'The provider reported another amount or currency than is owed: nothing is confirmed, an admin must look.', {
  ...payment, expected: money, given: money, reference: text,
});
export const PaymentCheckScheduled = internalEvent('payment-check-scheduled', 'The provider is asked again at that time: it was not reached, had no news, or showed no intent.', {
  ...payment, outcome: Type.Union([Type.Literal('unanswered'), Type.Literal('unchanged'), Type.Literal('absent')]), nextCheckAt: timestamp,
});
export const RefundRequested = publicEvent('refund-requested', 'Money is to be paid back.', { ...refund, reason: text });
export const RefundPending = internalEvent('refund-pending', 'The provider is working on the refund.', { ...refund, reference: text });
export const RefundSucceeded = publicEvent('refund-succeeded', 'Money was paid back.', { ...refund, reference: text, time: timestamp });
export const RefundFailed = publicEvent('refund-failed', 'An attempt to pay back failed.', { ...refund, reasonCode: text, attempts: count, nextAttemptAt: Type.Optional(timestamp) });
export const RefundRetryRequested = internalEvent('refund-retry-requested', 'The provider is asked once more.', refund);
export const RefundNeedsAttention = publicEvent('refund-needs-attention', 'All attempts to pay back failed: an admin must look.', { ...refund, reasonCode: text, attempts: count });
export const RefundCheckScheduled = internalEvent('refund-check-scheduled', 'The provider is asked again at that time: it was not reached, or had no news.', {
  ...refund, outcome: Type.Union([Type.Literal('unanswered'), Type.Literal('unchanged')]), nextCheckAt: timestamp,
});
export const WebhookReceived = internalEvent('webhook-received', 'A genuine webhook of the provider.', {
  provider: text, eventId: text, webhookType: text, reference: text, paymentId: Type.Optional(text), receivedAt: timestamp, payload: Type.Record(text, Type.Unknown()),
});
export const WebhookDeferred = internalEvent('webhook-deferred', 'What the webhook tells of could not be looked up yet; it is tried again.', {
  provider: text, eventId: text, reason: Type.Union([Type.Literal('unknown_payment'), Type.Literal('unanswered')]), attempts: count, nextAttemptAt: timestamp,
});
export const WebhookFollowed = internalEvent('webhook-followed', 'What a webhook that was put off tells of has been looked up.', { provider: text, eventId: text });
export const WebhookGivenUp = internalEvent('webhook-given-up', 'The payment that the webhook names never appeared.', { provider: text, eventId: text, paymentId: text });
