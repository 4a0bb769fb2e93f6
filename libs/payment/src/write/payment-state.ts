import type { Money } from '@tillroll/kernel';
import type { NextAction, VoidReason } from './payment-events';
import type { Refund } from './refund-state';

export type PaymentStatus = 'created' | 'requires_action' | 'processing' | 'authorized' | 'captured' | 'failed' | 'voided' | 'expired';

export interface Transaction {
  readonly provider: string;
  readonly reference: string;
  readonly amount: Money;
  readonly time: string;
}

export type KnownPayment = {
  readonly status: PaymentStatus;
  readonly paymentId: string;
  readonly orderId: string;
  readonly customerId: string;
  /** What is owed. */
  readonly amount: Money;
  readonly method: string;
  readonly returnUrl?: string;
  readonly provider: string;
  readonly payUntil: string;
  /** The provider's id of the intent; missing until the provider's first answer is stored. */
  readonly reference?: string;
  readonly nextAction?: NextAction;
  readonly reasonCode?: string;
  readonly transaction?: Transaction;
  readonly voidRequested?: VoidReason;
  readonly captureRequested?: true;
  /** The provider's wrong amounts that were recorded. */
  readonly mismatches: readonly Money[];
  /** The provider showed no intent of this payment; it counts as absent when a search from then on shows none either. */
  readonly searchAgainAt?: string;
  /** Since the last news: how often the provider had none, and how often it did not answer. */
  readonly unchangedChecks: number;
  readonly unansweredChecks: number;
  readonly captured: Money;
  readonly refunded: Money;
  /** In the order of their requests. */
  readonly refunds: readonly Refund[];
};

/** Plain JSON, so that the read model and the fold are one and the same. */
export type Payment = { readonly status: 'none' } | KnownPayment;

export const isKnown = (payment: Payment): payment is KnownPayment => payment.status !== 'none';

const RANK: Readonly<Record<PaymentStatus, number>> = {
  created: 0,
  requires_action: 1,
  processing: 2,
  authorized: 3,
  failed: 4,
  voided: 4,
  expired: 4,
  captured: 5,
};

/** Ranks only go up within an attempt: what comes late changes nothing, except that taken money is always recorded. */
export const isProgress = (from: PaymentStatus, to: PaymentStatus): boolean => RANK[to] > RANK[from];

/** The provider may still take money for it. */
export const isLive = (payment: KnownPayment): boolean => RANK[payment.status] < RANK.failed;

/** The provider owes an answer: without one by itself it is asked again. An authorisation at rest waits for nobody. */
export const awaitsProvider = (payment: KnownPayment): boolean =>
  isLive(payment) && (payment.status !== 'authorized' || payment.voidRequested !== undefined || payment.captureRequested === true);
