import { setTimeout as sleep } from 'node:timers/promises';
import type { Aggregates } from '@tillroll/processing';
import type { ReadModels } from '@tillroll/read-models';
import { paymentType } from '../payment-types';
import { PAYABLE_ORDERS, type PayableOrder } from '../read/payable-orders-projection';
import { isKnown, type KnownPayment } from '../write/payment-state';
import type { Refund } from '../write/refund-state';

const LOOKS = 50;
const BETWEEN_LOOKS_MS = 10;

interface Sources {
  readonly aggregates: Aggregates;
  readonly readModels: ReadModels;
}

/**
 * Waits a moment for an order to be confirmed by its payment: whoever is told that the payment is made looks at the
 * order next. Not waited for: an order that sends the money back.
 */
export const orderHasLearned = (paymentId: string, sources: Sources): Promise<void> =>
  untilOrder(paymentId, sources, (order, payment) => !mayConfirm(payment) || order?.paymentId !== undefined);

/** The same for the outcome of a refund. */
export const orderHasLearnedOf = ({ refundId, status }: Refund, paymentId: string, sources: Sources): Promise<void> =>
  untilOrder(paymentId, sources, (order) => order?.refunds?.[refundId] === status);

async function untilOrder(
  paymentId: string,
  { aggregates, readModels }: Sources,
  hasLearned: (order: PayableOrder | undefined, payment: KnownPayment) => boolean,
): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const { state } = await aggregates.load(paymentType, paymentId);
    if (!isKnown(state) || hasLearned(await readModels.get<PayableOrder>(PAYABLE_ORDERS, state.orderId), state)) return;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

const mayConfirm = (payment: KnownPayment): boolean =>
  (payment.status === 'captured' || payment.status === 'authorized') && payment.voidRequested === undefined && payment.refunds.length === 0;
