import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import { payment } from '../write/payment';
import type { PaymentEvent } from '../write/payment-events';
import { isKnown, type KnownPayment } from '../write/payment-state';
import { onPaymentEvents, PAYMENT_NEWS, REFUND_NEWS } from './payment-events-on-bus';

/** The folded payment, to be listed by order. */
export type PaymentDocument = KnownPayment & { readonly createdAt: string };

export const PAYMENTS = 'payment.payments';

export const paymentsProjection: Projection<PaymentDocument> = {
  name: PAYMENTS,
  version: 1,
  indexes: [{ fields: ['orderId', 'createdAt'] }, { fields: ['createdAt'] }],
  on: onPaymentEvents([...PAYMENT_NEWS, ...REFUND_NEWS], (event, { time }: BusEvent): readonly DocumentChange<PaymentDocument>[] => [
    { id: event.paymentId, change: (before) => fold(before, event, time) },
  ]),
};

function fold(before: PaymentDocument | undefined, event: PaymentEvent, time: string): PaymentDocument | undefined {
  const after = payment.evolve(before ?? payment.initialState, event);
  return isKnown(after) ? { ...after, createdAt: before?.createdAt ?? time } : undefined;
}
