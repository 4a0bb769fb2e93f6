import { type EpochMs, uuid5 } from '@tillroll/kernel';
import { awaitsProvider, type KnownPayment } from '../write/payment-state';
import { isUnderWay } from '../write/refund-state';

/** One call to the provider, as it follows from what is stored: after a crash the same call with the same key. */
export type GatewayStep =
  | { readonly do: 'create'; readonly key: string }
  /** Searches for the intent without creating it: nothing may be taken any more. */
  | { readonly do: 'search' }
  | { readonly do: 'look'; readonly reference: string }
  | { readonly do: 'cancel'; readonly reference: string; readonly key: string }
  | { readonly do: 'capture'; readonly reference: string; readonly key: string }
  | { readonly do: 'refund'; readonly refundId: string; readonly attempt: number; readonly key: string }
  | { readonly do: 'lookAtRefund'; readonly refundId: string; readonly attempt: number; readonly reference: string };

/** What the provider must be told or asked next, the payment itself first. */
export const nextSteps = (payment: KnownPayment, now: EpochMs): readonly GatewayStep[] => [...stepsOfIntent(payment, now), ...stepsOfRefunds(payment)];

/**
 * What to look at first when somebody says that there is news: what they name, while we have no reference of our own,
 * and what is not awaited, an authorisation at rest or a payment that had ended without money.
 */
export function lookAtNews(payment: KnownPayment, told: string | undefined): readonly GatewayStep[] {
  if (payment.status === 'captured') return [];
  if (payment.reference === undefined) return told === undefined ? [] : [{ do: 'look', reference: told }];
  return awaitsProvider(payment) ? [] : [{ do: 'look', reference: payment.reference }];
}

function stepsOfIntent(payment: KnownPayment, now: EpochMs): readonly GatewayStep[] {
  if (!awaitsProvider(payment)) return [];
  const { paymentId, reference } = payment;
  if (reference === undefined) {
    const isWanted = payment.voidRequested === undefined && now < Date.parse(payment.payUntil);
    return [isWanted ? { do: 'create', key: createKey(paymentId) } : { do: 'search' }];
  }
  if (payment.voidRequested !== undefined) return [{ do: 'cancel', reference, key: keyAfterRefusals('cancel', payment) }];
  if (payment.status === 'authorized') return [{ do: 'capture', reference, key: keyAfterRefusals('capture', payment) }];
  return [{ do: 'look', reference }];
}

function stepsOfRefunds(payment: KnownPayment): readonly GatewayStep[] {
  return payment.refunds.filter(isUnderWay).map(({ refundId, attempts: attempt, reference }) =>
    reference === undefined
      ? { do: 'refund', refundId, attempt, key: uuid5('refund', refundId, attempt) }
      : { do: 'lookAtRefund', refundId, attempt, reference },
  );
}

export const createKey = (paymentId: string): string => uuid5('create', paymentId);

/** Providers may repeat a refusal for its key: what was refused is asked anew with another key, what was not answered with the same. */
export const keyAfterRefusals = (what: 'cancel' | 'capture', { paymentId, status, unchangedChecks }: KnownPayment): string =>
  uuid5(what, paymentId, status, unchangedChecks);
