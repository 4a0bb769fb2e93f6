import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { RefundEvent } from '../write/payment-events';
import type { Refund } from '../write/refund-state';
import { evolveRefund, requestedRefund } from '../write/refunds';
import { onPaymentEvents, REFUND_NEWS } from './payment-events-on-bus';

export type RefundDocument = Refund & { readonly paymentId: string; readonly requestedAt: string };

export const REFUNDS = 'payment.refunds';

export const refundsProjection: Projection<RefundDocument> = {
  name: REFUNDS,
  version: 1,
  indexes: [{ fields: ['requestedAt'] }, { fields: ['status', 'requestedAt'] }],
  on: onPaymentEvents(REFUND_NEWS, (event, { time }: BusEvent): readonly DocumentChange<RefundDocument>[] => [
    { id: event.refundId, change: (before) => fold(before, event, time) },
  ]),
};

function fold(before: RefundDocument | undefined, event: RefundEvent, time: string): RefundDocument | undefined {
  if (event.type === 'RefundRequested') return before ?? { ...requestedRefund(event), paymentId: event.paymentId, requestedAt: time };
  return before && { ...evolveRefund(before, event), paymentId: before.paymentId, requestedAt: before.requestedAt };
}
