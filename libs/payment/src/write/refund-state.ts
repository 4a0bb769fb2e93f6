import type { Money } from '@tillroll/kernel';

export type RefundStatus = 'requested' | 'pending' | 'succeeded' | 'failed' | 'needs_attention';

export const REFUND_STATUSES: readonly RefundStatus[] = ['requested', 'pending', 'succeeded', 'failed', 'needs_attention'];

export type Refund = {
  readonly refundId: string;
  readonly amount: Money;
  readonly reason: string;
  readonly status: RefundStatus;
  readonly reasonCode?: string;
  /** The present attempt included. */
  readonly attempts: number;
  readonly nextAttemptAt?: string;
  /** The provider's id of the present attempt. */
  readonly reference?: string;
  readonly unchangedChecks: number;
  readonly unansweredChecks: number;
};

/** The provider owes an answer. Such a refund counts against what may still be paid back; one that failed does not. */
export const isUnderWay = (refund: Refund): boolean => refund.status === 'requested' || refund.status === 'pending';

export interface RefundBudget {
  readonly captured: Money;
  readonly refunded: Money;
  /** The sum of the refunds under way. */
  readonly pending: Money;
}

export const budgetOf = (payment: { readonly captured: Money; readonly refunded: Money; readonly refunds: readonly Refund[] }): RefundBudget => ({
  captured: payment.captured,
  refunded: payment.refunded,
  pending: {
    amount: payment.refunds.reduce((sum, refund) => (isUnderWay(refund) ? sum + refund.amount.amount : sum), 0),
    currency: payment.captured.currency,
  },
});

/** Minor units that may still be paid back. */
export const left = ({ captured, refunded, pending }: RefundBudget): number => captured.amount - refunded.amount - pending.amount;
