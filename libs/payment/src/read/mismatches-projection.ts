import type { Money } from '@tillroll/kernel';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import { onPaymentEvents } from './payment-events-on-bus';

/** The provider reported another amount than is owed. */
export type Mismatch = {
  readonly paymentId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly expected: Money;
  readonly given: Money;
  readonly reference: string;
  readonly recordedAt: string;
};

export const MISMATCHES = 'payment.mismatches';

export const mismatchesProjection: Projection<Mismatch> = {
  name: MISMATCHES,
  version: 1,
  indexes: [{ fields: ['recordedAt'] }],
  on: onPaymentEvents(['PaymentMismatchRecorded'], ({ type: _, ...mismatch }, { id, time }: BusEvent): readonly DocumentChange<Mismatch>[] => [
    { id, change: () => ({ ...mismatch, recordedAt: time }) },
  ]),
};
