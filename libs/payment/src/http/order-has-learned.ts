import { setTimeout as sleep } from 'node:timers/promises';
import type { Aggregates } from '@tillroll/processing';
import type { ReadModels } from '@tillroll/read-models';
import { paymentType } from '../payment-types';
import { PAYABLE_ORDERS, type PayableOrder } from '../read/payable-orders-projection';
import { isKnown, type KnownPayment } from '../write/payment-state';

const LOOKS = 50;
const BETWEEN_LOOKS_MS = 10;

/**
 * Waits a moment for an order to be confirmed by its payment: whoever is told that the payment is made looks at the
 * order next. Not waited for: an order that sends the money back.
 */
export async function orderHasLearned(paymentId: string, { aggregates, readModels }: { aggregates: Aggregates; readModels: ReadModels }): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const { state } = await aggregates.load(paymentType, paymentId);
    if (!isKnown(state) || !mayConfirm(state)) return;
    const order = await readModels.get<PayableOrder>(PAYABLE_ORDERS, state.orderId);
    if (order?.paymentId !== undefined) return;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

const mayConfirm = (payment: KnownPayment): boolean =>
  (payment.status === 'captured' || payment.status === 'authorized') && payment.voidRequested === undefined && payment.refunds.length === 0;
