import type { DataOf, payment as contracts } from '@tillroll/contracts';
import { paymentPublications } from './public';
import { actionRequired, at, authorized, captured, eur, failed, ids, initiated, intent, processing, voided, voidRequested } from './write/payment.examples';
import type { PaymentEvent } from './write/payment-events';
import type { WebhookEvent } from './write/webhook';

type Stored = PaymentEvent | WebhookEvent;
type Data<T extends Stored['type']> = Omit<Extract<Stored, { type: T }>, 'type'>;

/** The compiler compares what is stored with what is promised, in both directions. */
const agrees: { readonly [T in Stored['type']]: Data<T> extends DataOf<(typeof contracts)[T]> ? (keyof Data<T> extends keyof DataOf<(typeof contracts)[T]> ? true : never) : never } = {
  PaymentInitiated: true,
  PaymentActionRequired: true,
  PaymentProcessing: true,
  PaymentAuthorized: true,
  PaymentCaptured: true,
  PaymentFailed: true,
  PaymentVoidRequested: true,
  PaymentCaptureRequested: true,
  PaymentVoided: true,
  PaymentExpired: true,
  PaymentMismatchRecorded: true,
  PaymentCheckScheduled: true,
  RefundRequested: true,
  RefundPending: true,
  RefundSucceeded: true,
  RefundFailed: true,
  RefundRetryRequested: true,
  RefundNeedsAttention: true,
  RefundCheckScheduled: true,
  WebhookReceived: true,
  WebhookDeferred: true,
  WebhookFollowed: true,
  WebhookGivenUp: true,
};

const refundFailed: PaymentEvent = { type: 'RefundFailed', ...ids, refundId: 'r1', amount: eur(1), reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: at(10) };
const webhook: WebhookEvent = {
  type: 'WebhookReceived',
  provider: 'sandbox',
  eventId: 'msg_1',
  webhookType: 'intent.captured',
  reference: 'in_1',
  paymentId: ids.paymentId,
  receivedAt: at(0),
  payload: { provider: 'sandbox', eventId: 'msg_1', type: 'intent.captured', time: at(0), about: 'intent', intent: intent() },
};

it('publishes every stored event, and nothing else', () => expect(Object.keys(paymentPublications.events).sort()).toEqual(Object.keys(agrees).sort()));

it.each<Stored>([initiated, actionRequired, processing, authorized, captured, failed, voidRequested, voided, refundFailed, webhook])('publishes all data of $type', (event) => {
  const { type, ...data } = event;
  expect(paymentPublications.events[type]?.data({ ...data })).toEqual(data);
});
