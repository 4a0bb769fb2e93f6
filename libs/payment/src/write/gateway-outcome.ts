import { equal, type Money } from '@tillroll/kernel';
import type { GatewayIntent } from '../gateway/port';
import type { PaymentEvent } from './payment-events';
import { isProgress, type KnownPayment } from './payment-state';

type Of = Pick<KnownPayment, 'paymentId' | 'orderId' | 'customerId'>;

export const idsOf = ({ paymentId, orderId, customerId }: Of): Of => ({ paymentId, orderId, customerId });

/** What follows from the provider's own word on the intent. */
export function outcomeOf(payment: KnownPayment, intent: GatewayIntent): readonly PaymentEvent[] {
  const given = wrongAmount(payment, intent);
  if (given !== undefined) return moneyIsAway(payment, intent) ? ended(payment) : mismatch(payment, intent, given);
  const events = progress(payment, intent).filter((event) => isProgress(payment.status, STATUS_AFTER[event.type]));
  return events.flatMap((event) => (event.type === 'PaymentAuthorized' ? [event, ...voidAgain(payment)] : [event]));
}

/** The void that was asked for meets an authorisation: asked again, so that its deadline stands again, whatever happens next. */
const voidAgain = (payment: KnownPayment): readonly PaymentEvent[] =>
  payment.voidRequested === undefined ? [] : [{ type: 'PaymentVoidRequested', ...idsOf(payment), because: payment.voidRequested }];

/** What follows from a message: it is compared with what is owed and never believed. */
export function comparisonOf(payment: KnownPayment, intent: GatewayIntent): readonly PaymentEvent[] {
  const given = wrongAmount(payment, intent);
  return given === undefined ? [] : mismatch(payment, intent, given);
}

/** Undefined when the amount is what is owed, or when nothing was or will be taken. */
function wrongAmount(payment: KnownPayment, intent: GatewayIntent): Money | undefined {
  if (intent.status === 'failed' || intent.status === 'canceled') return undefined;
  const given = intent.status === 'captured' && equal(intent.amount, payment.amount) ? intent.captured : intent.amount;
  return equal(given, payment.amount) ? undefined : given;
}

/** An admin paid a wrong amount back at the provider: the payment that was to be voided has ended without money. */
const moneyIsAway = (payment: KnownPayment, intent: GatewayIntent): boolean =>
  payment.voidRequested !== undefined && intent.status === 'captured' && intent.captured.amount > 0 && equal(intent.captured, intent.refunded);

function mismatch(payment: KnownPayment, intent: GatewayIntent, given: Money): readonly PaymentEvent[] {
  if (payment.mismatches.some((known) => equal(known, given))) return [];
  return [{ type: 'PaymentMismatchRecorded', ...idsOf(payment), expected: payment.amount, given, reference: intent.reference }];
}

type StatusEvent = Extract<
  PaymentEvent,
  { type: 'PaymentActionRequired' | 'PaymentProcessing' | 'PaymentAuthorized' | 'PaymentCaptured' | 'PaymentFailed' | 'PaymentVoided' | 'PaymentExpired' }
>;

const STATUS_AFTER = {
  PaymentActionRequired: 'requires_action',
  PaymentProcessing: 'processing',
  PaymentAuthorized: 'authorized',
  PaymentCaptured: 'captured',
  PaymentFailed: 'failed',
  PaymentVoided: 'voided',
  PaymentExpired: 'expired',
} as const;

function progress(payment: KnownPayment, intent: GatewayIntent): readonly StatusEvent[] {
  const of = idsOf(payment);
  const { reference, time } = intent;
  const { provider } = payment;
  switch (intent.status) {
    case 'requires_action':
      return intent.nextAction === undefined
        ? [{ type: 'PaymentProcessing', ...of, reference }]
        : [{ type: 'PaymentActionRequired', ...of, reference, nextAction: intent.nextAction }];
    case 'processing':
      return [{ type: 'PaymentProcessing', ...of, reference }];
    case 'authorized':
      return [{ type: 'PaymentAuthorized', ...of, amount: intent.amount, provider, reference, time }];
    case 'captured':
      return [{ type: 'PaymentCaptured', ...of, amount: intent.captured, provider, reference, time }];
    case 'failed':
      if (payment.voidRequested !== undefined) return ended(payment);
      return [{ type: 'PaymentFailed', ...of, reasonCode: intent.reasonCode ?? 'unknown', retryable: intent.retryable ?? true }];
    case 'canceled':
      if (payment.voidRequested !== undefined) return ended(payment);
      if (intent.reasonCode === 'expired') return [{ type: 'PaymentExpired', ...of }];
      return [{ type: 'PaymentFailed', ...of, reasonCode: intent.reasonCode ?? 'canceled', retryable: true }];
  }
}

/** No money was taken and none will be. Why: as it was asked for; unasked, the window has ended. */
export const ended = (payment: KnownPayment): readonly [Extract<PaymentEvent, { type: 'PaymentVoided' | 'PaymentExpired' }>] => [
  { type: payment.voidRequested === 'canceled' ? 'PaymentVoided' : 'PaymentExpired', ...idsOf(payment) },
];
