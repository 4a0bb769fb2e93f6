import { actionRequired, at, authorized, captured, eur, failed, ids, initiated, processing, reference, T0, voided, voidRequested } from '../write/payment.examples';
import { payment } from '../write/payment';
import type { PaymentEvent } from '../write/payment-events';
import { isKnown, type Payment } from '../write/payment-state';
import { lookAtNews, nextSteps } from './next-steps';

const stepsAfter = (history: readonly PaymentEvent[], now = T0) => {
  const state = history.reduce<Payment>(payment.evolve, payment.initialState);
  return isKnown(state) ? nextSteps(state, now) : [];
};
const captureRequested: PaymentEvent = { type: 'PaymentCaptureRequested', ...ids };
const of = { ...ids, refundId: 'r1', amount: eur(1_000) };
const requested: PaymentEvent = { type: 'RefundRequested', ...of, reason: 'broken' };
const failedRefund: PaymentEvent = { type: 'RefundFailed', ...of, reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: at(10) };

describe('what the provider is asked next', () => {
  it('creates the intent, again and again with the same key', () => {
    expect(stepsAfter([initiated])).toEqual([{ do: 'create', key: expect.any(String) as string }]);
    expect(stepsAfter([initiated], T0 + 60_000)).toEqual(stepsAfter([initiated]));
  });
  it('creates nothing any more when the payment is to be voided', () => expect(stepsAfter([initiated, voidRequested])).toEqual([{ do: 'search' }]));
  it('creates nothing any more when the window has ended', () => expect(stepsAfter([initiated], T0 + 1_800_000)).toEqual([{ do: 'search' }]));
  it.each([actionRequired, processing])('looks after $type', (event) => expect(stepsAfter([initiated, event])).toEqual([{ do: 'look', reference }]));
  it.each([actionRequired, processing, authorized])('cancels after $type when it is to be voided', (event) =>
    expect(stepsAfter([initiated, event, voidRequested])).toEqual([{ do: 'cancel', reference, key: expect.any(String) as string }]));
  it('captures authorised money once that is asked', () => {
    expect(stepsAfter([initiated, authorized])).toEqual([]);
    expect(stepsAfter([initiated, authorized, captureRequested])).toEqual([{ do: 'capture', reference, key: expect.any(String) as string }]);
  });
  it.each([captured, failed, voided])('leaves the intent alone after $type', (event) => expect(stepsAfter([initiated, event])).toEqual([]));
});

describe('news', () => {
  const looksAfter = (history: readonly PaymentEvent[], told?: string) => {
    const state = history.reduce<Payment>(payment.evolve, payment.initialState);
    return isKnown(state) ? lookAtNews(state, told) : [];
  };

  it('lead to what they name before we have a reference of our own', () => {
    expect(looksAfter([initiated], 'in_9')).toEqual([{ do: 'look', reference: 'in_9' }]);
    expect(looksAfter([initiated, processing], 'in_9')).toEqual([]);
  });
  it.each([authorized, failed, voided])('lead to a look after $type', (event) =>
    expect(looksAfter([initiated, processing, event])).toEqual([{ do: 'look', reference }]));
  it('change nothing about money that was taken', () => expect(looksAfter([initiated, captured], 'in_9')).toEqual([]));
});

describe('keys', () => {
  const keyOf = (history: readonly PaymentEvent[]) => stepsAfter(history).map((step) => ('key' in step ? step.key : undefined))[0];
  const unanswered: PaymentEvent = { type: 'PaymentCheckScheduled', ...ids, outcome: 'unanswered', nextCheckAt: at(2) };
  const unchanged: PaymentEvent = { type: 'PaymentCheckScheduled', ...ids, outcome: 'unchanged', nextCheckAt: at(2) };
  const voiding = [initiated, processing, voidRequested];

  it('stay the same while the outcome is unknown', () => expect(keyOf([...voiding, unanswered])).toBe(keyOf(voiding)));
  it('change after a refusal, which a provider may repeat for its key', () => expect(keyOf([...voiding, unchanged])).not.toBe(keyOf(voiding)));
  it('of a refund change only after an attempt that definitely failed', () => {
    const first = keyOf([initiated, captured, requested]);
    expect(keyOf([initiated, captured, requested, { type: 'RefundCheckScheduled', ...of, outcome: 'unanswered', nextCheckAt: at(2) }])).toBe(first);
    expect(keyOf([initiated, captured, requested, failedRefund, { type: 'RefundRetryRequested', ...of }])).not.toBe(first);
  });
});

describe('refunds', () => {
  it('are asked for, then looked at', () => {
    expect(stepsAfter([initiated, captured, requested])).toEqual([{ do: 'refund', refundId: 'r1', attempt: 1, key: expect.any(String) as string }]);
    expect(stepsAfter([initiated, captured, requested, { type: 'RefundPending', ...of, reference: 're_1' }])).toEqual([
      { do: 'lookAtRefund', refundId: 'r1', attempt: 1, reference: 're_1' },
    ]);
  });
  it('that failed wait for their time', () => expect(stepsAfter([initiated, captured, requested, failedRefund])).toEqual([]));
});
