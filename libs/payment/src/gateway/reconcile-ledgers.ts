import type { Money } from '@tillroll/kernel';
import type { GatewayIntent } from './port';

/** A payment as the shop's own books have it. */
export interface BookedPayment {
  readonly paymentId: string;
  readonly orderId: string;
  /** The provider's id, once it is known. */
  readonly reference?: string;
  readonly captured: Money;
  /** Succeeded refunds only. */
  readonly refunded: Money;
}

export type LedgerDifference =
  /** The shop knows the provider's id of it, or booked money on it, and the provider does not list it. */
  | { readonly kind: 'missing_there'; readonly paymentId: string; readonly orderId: string; readonly reference?: string; readonly captured: Money }
  /** The provider lists it, and the shop has no payment that it belongs to. */
  | { readonly kind: 'missing_here'; readonly reference: string; readonly paymentId?: string; readonly orderId?: string; readonly captured: Money }
  | {
      readonly kind: 'captured_differs' | 'refunded_differs';
      readonly paymentId: string;
      readonly orderId: string;
      readonly reference: string;
      readonly here: Money;
      readonly there: Money;
    };

/**
 * Where the shop's books and the provider's disagree. Both lists must cover the same payments; what is on its way
 * between the two shows up as a difference that is gone in the next comparison. An intent is matched by the provider's
 * id first, then by the payment id that it was created with; a second intent of one payment is missing here.
 */
export function reconcileLedgers(payments: readonly BookedPayment[], intents: readonly GatewayIntent[]): readonly LedgerDifference[] {
  const byReference = new Map(payments.flatMap((payment) => (payment.reference === undefined ? [] : [[payment.reference, payment] as const])));
  const unreferenced = new Map(payments.filter(({ reference }) => reference === undefined).map((payment) => [payment.paymentId, payment]));
  const unmatched = new Set(payments);
  const differences: LedgerDifference[] = [];

  for (const intent of intents) {
    const payment = byReference.get(intent.reference) ?? unreferenced.get(intent.paymentId ?? '');
    if (payment === undefined || !unmatched.delete(payment)) differences.push(missingHere(intent));
    else differences.push(...differing(payment, intent));
  }
  for (const payment of unmatched) if (payment.reference !== undefined || payment.captured.amount !== 0) differences.push(missingThere(payment));
  return differences;
}

function differing({ paymentId, orderId, captured, refunded }: BookedPayment, intent: GatewayIntent): readonly LedgerDifference[] {
  const which = { paymentId, orderId, reference: intent.reference };
  return [
    ...(same(captured, intent.captured) ? [] : [{ kind: 'captured_differs' as const, ...which, here: captured, there: intent.captured }]),
    ...(same(refunded, intent.refunded) ? [] : [{ kind: 'refunded_differs' as const, ...which, here: refunded, there: intent.refunded }]),
  ];
}

/** Nothing is nothing in every currency. */
const same = (a: Money, b: Money): boolean => a.amount === b.amount && (a.amount === 0 || a.currency === b.currency);

const missingHere = ({ reference, paymentId, orderId, captured }: GatewayIntent): LedgerDifference => ({
  kind: 'missing_here',
  reference,
  ...(paymentId === undefined ? {} : { paymentId }),
  ...(orderId === undefined ? {} : { orderId }),
  captured,
});

const missingThere = ({ paymentId, orderId, reference, captured }: BookedPayment): LedgerDifference => ({
  kind: 'missing_there',
  paymentId,
  orderId,
  ...(reference === undefined ? {} : { reference }),
  captured,
});
