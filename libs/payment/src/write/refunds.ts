import { type EpochMs, money, refuse, toTimestamp, unreachable } from '@tillroll/kernel';
import { nextCallAfterOutage, nextCheckAfterSilence } from './check-schedule';
import { idsOf } from './gateway-outcome';
import type { RefundCommand } from './payment-commands';
import type { RefundEvent } from './payment-events';
import type { KnownPayment } from './payment-state';
import { budgetOf, isUnderWay, left, type Refund } from './refund-state';

export function decideRefund(payment: KnownPayment, command: RefundCommand): readonly RefundEvent[] {
  const refund = payment.refunds.find(({ refundId }) => refundId === command.refundId);
  if (command.type === 'RequestRefund') return refund === undefined ? request(payment, command) : [];
  if (refund === undefined) return refuse('not_found');
  const of = { ...idsOf(payment), refundId: refund.refundId, amount: refund.amount };
  switch (command.type) {
    case 'RecordRefundOutcome':
      return isUnderWay(refund) && refund.attempts === command.attempt ? outcome(of, refund, command) : [];
    case 'RetryRefund':
      return command.by === 'schedule' ? retryInTurn(payment, of, refund, command.at) : retryAsked(payment, of, refund);
    case 'ScheduleRefundCheck': {
      if (!isUnderWay(refund)) return [];
      const nextCheckAt =
        command.outcome === 'unanswered'
          ? nextCallAfterOutage(refund.unansweredChecks, command.at)
          : nextCheckAfterSilence(refund.unchangedChecks, command.at);
      return [{ type: 'RefundCheckScheduled', ...of, outcome: command.outcome, nextCheckAt: toTimestamp(nextCheckAt) }];
    }
    default:
      return unreachable(command);
  }
}

type Of = Pick<Extract<RefundEvent, { type: 'RefundRetryRequested' }>, 'paymentId' | 'orderId' | 'customerId' | 'refundId' | 'amount'>;

function request(payment: KnownPayment, command: Extract<RefundCommand, { type: 'RequestRefund' }>): readonly RefundEvent[] {
  const { refundId, reason } = command;
  const { currency } = payment.amount;
  refuseUnlessPositive(command.amount.amount);
  if (command.amount.currency !== currency) refuse('currency_mismatch', { expected: currency, given: command.amount.currency });
  if (command.orWhatIsLeft && payment.status === 'captured') {
    const amount = money(Math.min(command.amount.amount, left(budgetOf(payment))), currency);
    return amount.amount > 0 ? [requested(payment, refundId, amount, reason)] : coveredByOthers(payment, command);
  }
  refuseBeyondBudget(payment, command.amount.amount);
  return [requested(payment, refundId, command.amount, reason)];
}

const requested = (payment: KnownPayment, refundId: string, amount: Refund['amount'], reason: string): RefundEvent => ({
  type: 'RefundRequested',
  ...idsOf(payment),
  refundId,
  amount,
  reason,
});

/** All of the money is already on its way back: this refund has nothing to do, and says so to those who wait for it. */
function coveredByOthers(payment: KnownPayment, { refundId, reason, at }: Extract<RefundCommand, { type: 'RequestRefund' }>): readonly RefundEvent[] {
  const amount = money(0, payment.amount.currency);
  return [
    requested(payment, refundId, amount, reason),
    { type: 'RefundSucceeded', ...idsOf(payment), refundId, amount, reference: payment.reference ?? '', time: toTimestamp(at) },
  ];
}

function refuseUnlessPositive(amount: number): void {
  if (amount > 0) return;
  refuse('validation_failed', { errors: [{ pointer: '/amount/amount', code: 'min', message: 'must be at least 1' }] });
}

function refuseBeyondBudget(payment: KnownPayment, amount: number): void {
  const budget = budgetOf(payment);
  if (amount > left(budget)) refuse('refund_exceeds_captured', { ...budget });
}

function outcome(of: Of, refund: Refund, command: Extract<RefundCommand, { type: 'RecordRefundOutcome' }>): readonly RefundEvent[] {
  const { outcome, at, retryAfterMs } = command;
  switch (outcome.status) {
    case 'pending':
      return refund.status === 'pending' ? [] : [{ type: 'RefundPending', ...of, reference: outcome.reference }];
    case 'succeeded':
      return [{ type: 'RefundSucceeded', ...of, reference: outcome.reference, time: outcome.time }];
    case 'failed':
    case 'refused':
      return failed(of, refund.attempts, outcome.reasonCode ?? 'unknown', retryAfterMs[refund.attempts - 1], at);
  }
}

function failed(of: Of, attempts: number, reasonCode: string, retryAfterMs: number | undefined, at: EpochMs): readonly RefundEvent[] {
  const failure = { type: 'RefundFailed', ...of, reasonCode, attempts } as const;
  if (retryAfterMs === undefined) return [failure, { type: 'RefundNeedsAttention', ...of, reasonCode, attempts }];
  return [{ ...failure, nextAttemptAt: toTimestamp(at + retryAfterMs) }];
}

function retryInTurn(payment: KnownPayment, of: Of, refund: Refund, at: EpochMs): readonly RefundEvent[] {
  const isDue = refund.status === 'failed' && refund.nextAttemptAt !== undefined && Date.parse(refund.nextAttemptAt) <= at;
  if (!isDue) return [];
  if (refund.amount.amount <= left(budgetOf(payment))) return [{ type: 'RefundRetryRequested', ...of }];
  return [{ type: 'RefundNeedsAttention', ...of, reasonCode: 'refund_exceeds_captured', attempts: refund.attempts }];
}

function retryAsked(payment: KnownPayment, of: Of, refund: Refund): readonly RefundEvent[] {
  if (isUnderWay(refund)) return [];
  if (refund.status === 'succeeded') return refuse('invalid_transition', { from: refund.status, to: 'requested', allowed: [] });
  refuseBeyondBudget(payment, refund.amount.amount);
  return [{ type: 'RefundRetryRequested', ...of }];
}

export function evolveRefunds(payment: KnownPayment, event: RefundEvent): KnownPayment {
  if (event.type === 'RefundRequested') return { ...payment, refunds: [...payment.refunds, requestedRefund(event)] };
  const refunds = payment.refunds.map((refund) => (refund.refundId === event.refundId ? evolveRefund(refund, event) : refund));
  if (event.type !== 'RefundSucceeded') return { ...payment, refunds };
  return { ...payment, refunds, refunded: money(payment.refunded.amount + event.amount.amount, payment.refunded.currency) };
}

export const requestedRefund = ({ refundId, amount, reason }: Extract<RefundEvent, { type: 'RefundRequested' }>): Refund => ({
  refundId,
  amount,
  reason,
  status: 'requested',
  attempts: 1,
  unchangedChecks: 0,
  unansweredChecks: 0,
});

export function evolveRefund(refund: Refund, event: Exclude<RefundEvent, { type: 'RefundRequested' }>): Refund {
  const { nextAttemptAt: _at, reasonCode: _code, reference: _reference, ...rest } = refund;
  const news = { ...rest, unchangedChecks: 0, unansweredChecks: 0 };
  switch (event.type) {
    case 'RefundPending':
      return { ...news, status: 'pending', reference: event.reference };
    case 'RefundSucceeded':
      return { ...news, status: 'succeeded', reference: event.reference };
    case 'RefundFailed': {
      const { reasonCode, nextAttemptAt } = event;
      return { ...news, status: 'failed', reasonCode, ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }) };
    }
    case 'RefundRetryRequested':
      return { ...news, status: 'requested', attempts: refund.attempts + 1 };
    case 'RefundNeedsAttention':
      return { ...news, status: 'needs_attention', reasonCode: event.reasonCode };
    case 'RefundCheckScheduled':
      return event.outcome === 'unanswered'
        ? { ...refund, unansweredChecks: refund.unansweredChecks + 1 }
        : { ...refund, unchangedChecks: refund.unchangedChecks + 1, unansweredChecks: 0 };
    default:
      return refund;
  }
}
