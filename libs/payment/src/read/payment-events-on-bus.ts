import { payment as contracts } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { PaymentEvent } from '../write/payment-events';

type Type = PaymentEvent['type'];
type EventOf<T extends Type> = Extract<PaymentEvent, { type: T }>;

/** The handlers of a projection, by the stored type of the event, under its type on the bus. */
export const onPaymentEvents = <T extends Type, R>(types: readonly T[], handle: (event: EventOf<T>, onBus: BusEvent) => R): Readonly<Record<string, (event: BusEvent) => R>> =>
  Object.fromEntries(types.map((type) => [contracts[type].type, (onBus: BusEvent) => handle({ ...onBus.data, type } as unknown as EventOf<T>, onBus)]));

export const REFUND_NEWS = ['RefundRequested', 'RefundPending', 'RefundSucceeded', 'RefundFailed', 'RefundRetryRequested', 'RefundNeedsAttention'] as const;

export const PAYMENT_NEWS = [
  'PaymentInitiated',
  'PaymentActionRequired',
  'PaymentProcessing',
  'PaymentAuthorized',
  'PaymentCaptured',
  'PaymentFailed',
  'PaymentVoidRequested',
  'PaymentCaptureRequested',
  'PaymentVoided',
  'PaymentExpired',
  'PaymentMismatchRecorded',
] as const;
