import { payment as contracts } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DeadlineChange, Deadlines } from '@tillroll/processing';
import { busEvent } from '@tillroll/testing';
import { actionRequired, at, authorized, captured, eur, failed, ids, initiated, processing, T0, voided, voidRequested } from '../write/payment.examples';
import type { PaymentEvent } from '../write/payment-events';
import { checksOfPayments, turnsOfRefunds } from './deadlines-of-payments';

const onBus = ({ type, ...data }: PaymentEvent): BusEvent => ({ ...busEvent(contracts.PaymentVoided, ids, { type: contracts[type].type, time: at(0) }), data });
const changes = (on: Deadlines['on'], event: PaymentEvent): readonly DeadlineChange[] => on[contracts[event.type].type]?.(onBus(event)) ?? [];
const MINUTE = 60_000;

describe('asking about a payment by itself', () => {
  const key = ids.paymentId;

  it.each([initiated, actionRequired, processing, voidRequested])('is due a minute after $type', (event) =>
    expect(changes(checksOfPayments, event)).toEqual([{ key, at: T0 + MINUTE }]));
  it.each([authorized, captured, failed, voided])('is not due after $type', (event) => expect(changes(checksOfPayments, event)).toEqual([{ key }]));
  it('is due when it was put off to', () =>
    expect(changes(checksOfPayments, { type: 'PaymentCheckScheduled', ...ids, outcome: 'unanswered', nextCheckAt: at(2) })).toEqual([{ key, at: T0 + 2_000 }]));
});

describe('the turn of a refund', () => {
  const refundId = '7f3b8b0e-0000-5000-8000-0000000000aa';
  const of = { ...ids, refundId, amount: eur(1_000) };
  const data = { paymentId: ids.paymentId };

  it('comes a minute after it was asked for, if nothing was heard', () =>
    expect(changes(turnsOfRefunds, { type: 'RefundRequested', ...of, reason: 'broken' })).toEqual([{ key: refundId, at: T0 + MINUTE, data }]));
  it('comes when the next attempt is due', () =>
    expect(changes(turnsOfRefunds, { type: 'RefundFailed', ...of, reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: at(10) })).toEqual([
      { key: refundId, at: T0 + 10_000, data },
    ]));
  it('does not come after the last attempt', () =>
    expect(changes(turnsOfRefunds, { type: 'RefundFailed', ...of, reasonCode: 'refund_declined', attempts: 6 })).toEqual([{ key: refundId }]));
  it('does not come after a success', () =>
    expect(changes(turnsOfRefunds, { type: 'RefundSucceeded', ...of, reference: 're_1', time: at(1) })).toEqual([{ key: refundId }]));
});
