import type { Money } from '@tillroll/kernel';

export type AttemptStatus = 'created' | 'requires_action' | 'processing' | 'authorized' | 'captured' | 'failed' | 'voided' | 'expired';

export interface NextAction {
  readonly type: 'redirect';
  readonly url: string;
  readonly expiresAt: string;
}

export interface Transaction {
  readonly provider: string;
  readonly reference: string;
  readonly amount: Money;
  readonly time: string;
}

export type RefundStatus = 'requested' | 'pending' | 'succeeded' | 'failed' | 'needs_attention';

export interface RefundOfAttempt {
  readonly amount: Money;
  readonly status: RefundStatus;
}

/** A payment of this order as far as the order has learned of it. */
export interface PaymentAttempt {
  readonly paymentId: string;
  readonly amount: Money;
  readonly method: string;
  readonly status: AttemptStatus;
  readonly nextAction?: NextAction;
  readonly reasonCode?: string;
  readonly retryable?: boolean;
  /** Minor units that the provider took. */
  readonly captured: number;
  readonly transaction?: Transaction;
  readonly refunds: Readonly<Record<string, RefundOfAttempt>>;
}

const RANK: Readonly<Record<AttemptStatus, number>> = {
  created: 0,
  requires_action: 1,
  processing: 2,
  authorized: 3,
  failed: 4,
  voided: 4,
  expired: 4,
  captured: 5,
};

/** Ranks only go up: what comes late or twice changes nothing, and captured money is never un-captured. */
export const isProgress = (from: AttemptStatus, to: AttemptStatus): boolean => RANK[to] > RANK[from];

/** The provider may still take money for it without being asked again. */
export const isLive = (attempt: PaymentAttempt): boolean => RANK[attempt.status] < RANK.failed;

export const refundedOf = (attempt: PaymentAttempt): number =>
  Object.values(attempt.refunds).reduce((sum, refund) => (refund.status === 'succeeded' ? sum + refund.amount.amount : sum), 0);

/** Captured, and neither paid back nor on its way back. */
export const unreturnedOf = (attempt: PaymentAttempt): number =>
  attempt.captured - Object.values(attempt.refunds).reduce((sum, refund) => sum + refund.amount.amount, 0);

/** A refund that failed is over once all of the money went back by others. */
export const hasUnfinishedRefund = (attempt: PaymentAttempt): boolean =>
  refundedOf(attempt) < attempt.captured && Object.values(attempt.refunds).some((refund) => refund.status !== 'succeeded');
