import { type Decider, money, refuse, toTimestamp, unreachable } from '@tillroll/kernel';
import { nextCallAfterOutage, nextCallForWaitingCustomer, nextCheckAfterSilence, nextSearchAt } from './check-schedule';
import { comparisonOf, ended, idsOf, outcomeOf } from './gateway-outcome';
import type { PaymentCommand } from './payment-commands';
import type { PaymentEvent, PaymentInitiated } from './payment-events';
import { awaitsProvider, isKnown, isLive, type KnownPayment, type Payment } from './payment-state';
import { decideRefund, evolveRefunds } from './refunds';

export const payment: Decider<Payment, PaymentCommand, PaymentEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    if (command.type === 'InitiatePayment') return isKnown(state) ? [] : [{ ...command, type: 'PaymentInitiated' }];
    return isKnown(state) ? decideKnown(state, command) : refuse('not_found');
  },

  evolve,
};

function decideKnown(state: KnownPayment, command: Exclude<PaymentCommand, { type: 'InitiatePayment' }>): readonly PaymentEvent[] {
  switch (command.type) {
    case 'RecordGatewayOutcome':
      return outcomeOf(state, command.intent);
    case 'CompareReportedAmount':
      return comparisonOf(state, command.intent);
    case 'RecordGatewayRefusal':
      if (state.status !== 'created') return [];
      if (state.voidRequested !== undefined) return ended(state);
      return [{ type: 'PaymentFailed', ...idsOf(state), reasonCode: command.reasonCode, retryable: false }];
    case 'RecordAbsence':
      return absence(state, command.at);
    case 'RecordNothingToCancel':
      return isLive(state) && state.voidRequested !== undefined ? ended(state) : [];
    case 'RequestVoid':
      if (!isLive(state) || state.voidRequested !== undefined) return [];
      return [{ type: 'PaymentVoidRequested', ...idsOf(state), because: command.at >= Date.parse(state.payUntil) ? 'expired' : 'canceled' }];
    case 'RequestCapture': {
      const isWanted = state.status === 'authorized' && state.voidRequested === undefined && state.captureRequested === undefined;
      return isWanted ? [{ type: 'PaymentCaptureRequested', ...idsOf(state) }] : [];
    }
    case 'SchedulePaymentCheck':
      return nextCheck(state, command);
    case 'RequestRefund':
    case 'RecordRefundOutcome':
    case 'RetryRefund':
    case 'ScheduleRefundCheck':
      return decideRefund(state, command);
    default:
      return unreachable(command);
  }
}

function absence(state: KnownPayment, at: number): readonly PaymentEvent[] {
  if (!isLive(state) || state.reference !== undefined) return [];
  if (state.searchAgainAt === undefined)
    return [{ type: 'PaymentCheckScheduled', ...idsOf(state), outcome: 'absent', nextCheckAt: toTimestamp(nextSearchAt(at)) }];
  return at >= Date.parse(state.searchAgainAt) ? ended(state) : [];
}

function nextCheck(state: KnownPayment, { outcome, at }: Extract<PaymentCommand, { type: 'SchedulePaymentCheck' }>): readonly PaymentEvent[] {
  if (!awaitsProvider(state)) return [];
  const afterOutage = state.status === 'created' && state.voidRequested === undefined ? nextCallForWaitingCustomer : nextCallAfterOutage;
  const nextCheckAt = outcome === 'unanswered' ? afterOutage(state.unansweredChecks, at) : nextCheckAfterSilence(state.unchangedChecks, at);
  return [{ type: 'PaymentCheckScheduled', ...idsOf(state), outcome, nextCheckAt: toTimestamp(nextCheckAt) }];
}

function initiated({ type: _, ...data }: PaymentInitiated): KnownPayment {
  const nothing = money(0, data.amount.currency);
  return { status: 'created', ...data, mismatches: [], unchangedChecks: 0, unansweredChecks: 0, captured: nothing, refunded: nothing, refunds: [] };
}

function evolve(state: Payment, event: PaymentEvent): Payment {
  if (event.type === 'PaymentInitiated') return initiated(event);
  if (!isKnown(state)) return state;
  switch (event.type) {
    case 'PaymentActionRequired':
      return { ...withNews(state), status: 'requires_action', reference: event.reference, nextAction: event.nextAction };
    case 'PaymentProcessing':
      return { ...withNews(state), status: 'processing', reference: event.reference };
    case 'PaymentAuthorized':
      return { ...withNews(state), status: 'authorized', reference: event.reference, transaction: transactionOf(event) };
    case 'PaymentCaptured':
      return { ...withNews(state), status: 'captured', reference: event.reference, transaction: transactionOf(event), captured: event.amount };
    case 'PaymentFailed':
      return { ...withNews(state), status: 'failed', reasonCode: event.reasonCode };
    case 'PaymentVoided':
      return { ...withNews(state), status: 'voided' };
    case 'PaymentExpired':
      return { ...withNews(state), status: 'expired' };
    case 'PaymentVoidRequested':
      return { ...state, voidRequested: event.because, unchangedChecks: 0, unansweredChecks: 0 };
    case 'PaymentCaptureRequested':
      return { ...state, captureRequested: true, unchangedChecks: 0, unansweredChecks: 0 };
    case 'PaymentMismatchRecorded':
      return { ...state, mismatches: [...state.mismatches, event.given] };
    case 'PaymentCheckScheduled':
      return withCheck(state, event);
    case 'RefundRequested':
    case 'RefundPending':
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundRetryRequested':
    case 'RefundNeedsAttention':
    case 'RefundCheckScheduled':
      return evolveRefunds(state, event);
    default:
      return state;
  }
}

const transactionOf = ({ provider, reference, amount, time }: Extract<PaymentEvent, { type: 'PaymentAuthorized' | 'PaymentCaptured' }>) => ({
  provider,
  reference,
  amount,
  time,
});

/** What belonged to the status before is over. */
function withNews({ nextAction: _action, reasonCode: _code, searchAgainAt: _search, transaction: _transaction, ...rest }: KnownPayment): KnownPayment {
  return { ...rest, unchangedChecks: 0, unansweredChecks: 0 };
}

function withCheck(state: KnownPayment, event: Extract<PaymentEvent, { type: 'PaymentCheckScheduled' }>): KnownPayment {
  switch (event.outcome) {
    case 'unanswered':
      return { ...state, unansweredChecks: state.unansweredChecks + 1 };
    case 'unchanged':
      return { ...state, unchangedChecks: state.unchangedChecks + 1, unansweredChecks: 0 };
    case 'absent':
      return { ...state, searchAgainAt: event.nextCheckAt, unansweredChecks: 0 };
  }
}
