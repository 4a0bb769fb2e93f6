import { given } from '@tillroll/testing';
import { at, authorized, captured, eur, gatewayRefund, ids, initiated, T0 } from './payment.examples';
import { payment } from './payment';
import type { PaymentCommand } from './payment-commands';
import type { PaymentEvent } from './payment-events';

const SCHEDULE = [10_000, 60_000];
const refundId = '7f3b8b0e-0000-5000-8000-0000000000aa';
const otherId = '7f3b8b0e-0000-5000-8000-0000000000bb';
const of = (amount = 1_000, id = refundId) => ({ ...ids, refundId: id, amount: eur(amount) });

const requested = (amount = 1_000, id = refundId): PaymentEvent => ({ type: 'RefundRequested', ...of(amount, id), reason: 'broken' });
const pending: PaymentEvent = { type: 'RefundPending', ...of(), reference: 're_1' };
const succeeded = (amount = 1_000, id = refundId): PaymentEvent => ({ type: 'RefundSucceeded', ...of(amount, id), reference: 're_1', time: at(2) });
const failed = (attempts = 1, next?: number): PaymentEvent => ({
  type: 'RefundFailed',
  ...of(),
  reasonCode: 'refund_declined',
  attempts,
  ...(next === undefined ? {} : { nextAttemptAt: at(next) }),
});
const retried: PaymentEvent = { type: 'RefundRetryRequested', ...of() };
const needsAttention = (attempts: number, reasonCode = 'refund_declined'): PaymentEvent => ({ type: 'RefundNeedsAttention', ...of(), reasonCode, attempts });

const request = (amount: number, id = refundId): PaymentCommand => ({ type: 'RequestRefund', refundId: id, amount: eur(amount), reason: 'broken', at: T0 });
const outcome = (change: Parameters<typeof gatewayRefund>[0] = {}, attempt = 1): PaymentCommand => ({
  type: 'RecordRefundOutcome',
  refundId,
  attempt,
  outcome: gatewayRefund(change),
  at: T0,
  retryAfterMs: SCHEDULE,
});
const declined = { status: 'failed', reasonCode: 'refund_declined' } as const;
const retry = (by: 'schedule' | 'admin', seconds = 0): PaymentCommand => ({ type: 'RetryRefund', refundId, by, at: T0 + seconds * 1_000 });
const paid = [initiated, captured];

describe('asking for a refund', () => {
  it('records it', () => given(payment, paid).when(request(1_000)).then(requested()));
  it('changes nothing when repeated', () => given(payment, [...paid, requested()]).when(request(1_000)).thenNothing());
  it('takes all that was captured, and not a cent more', () => {
    given(payment, paid).when(request(5_000)).then(requested(5_000));
    given(payment, paid).when(request(5_001)).thenRefused('refund_exceeds_captured', { captured: eur(5_000), refunded: eur(0), pending: eur(0) });
  });
  it('counts refunds that are under way', () =>
    given(payment, [...paid, requested(3_000)])
      .when(request(2_001, otherId))
      .thenRefused('refund_exceeds_captured', { captured: eur(5_000), refunded: eur(0), pending: eur(3_000) }));
  it('counts refunds that succeeded', () =>
    given(payment, [...paid, requested(3_000), succeeded(3_000)])
      .when(request(2_001, otherId))
      .thenRefused('refund_exceeds_captured', { captured: eur(5_000), refunded: eur(3_000), pending: eur(0) }));
  it('does not count refunds that failed', () => given(payment, [...paid, requested(), failed(1, 10)]).when(request(5_000, otherId)).then(requested(5_000, otherId)));
  it('refuses before anything was captured', () =>
    given(payment, [initiated, authorized]).when(request(1)).thenRefused('refund_exceeds_captured', { captured: eur(0), refunded: eur(0), pending: eur(0) }));
  it('refuses another currency', () =>
    given(payment, paid)
      .when({ type: 'RequestRefund', refundId, amount: { amount: 1, currency: 'USD' }, reason: 'broken', at: T0 })
      .thenRefused('currency_mismatch', { expected: 'EUR', given: 'USD' }));
  it.each([0, -1])('refuses %d', (amount) => given(payment, paid).when(request(amount)).thenRefused('validation_failed'));
});

describe('paying back what is left', () => {
  const rest: PaymentCommand = { type: 'RequestRefund', refundId, amount: eur(5_000), reason: 'broken', at: T0, orWhatIsLeft: true };

  it('takes the rest when others were quicker', () => given(payment, [...paid, requested(3_000, otherId)]).when(rest).then(requested(2_000)));
  it('is done at once when all of it is on its way back', () =>
    given(payment, [...paid, requested(5_000, otherId)])
      .when(rest)
      .then(requested(0), { type: 'RefundSucceeded', ...of(0), reference: 'in_1', time: at(0) }));
  it('is still refused before anything was captured', () => given(payment, [initiated]).when(rest).thenRefused('refund_exceeds_captured'));
});

describe('what became of a refund', () => {
  it('only counts as money back when it succeeded', () => {
    given(payment, [...paid, requested()]).when(outcome()).then(succeeded());
    given(payment, [...paid, requested()]).when(outcome()).thenState((state) => expect(state).toMatchObject({ refunded: eur(1_000) }));
    given(payment, [...paid, requested()]).when(outcome({ status: 'pending' })).thenState((state) => expect(state).toMatchObject({ refunded: eur(0) }));
  });
  it('is pending while the provider works on it', () => given(payment, [...paid, requested()]).when(outcome({ status: 'pending' })).then(pending));
  it('is told once', () => {
    given(payment, [...paid, requested(), pending]).when(outcome({ status: 'pending' })).thenNothing();
    given(payment, [...paid, requested(), succeeded()]).when(outcome()).thenNothing();
  });
  it('never undoes a success', () => given(payment, [...paid, requested(), succeeded()]).when(outcome(declined)).thenNothing());
  it('is told by the present attempt only', () => given(payment, [...paid, requested(), failed(1, 10), retried]).when(outcome(declined, 1)).thenNothing());
});

describe('a refund that fails', () => {
  it('is tried again after the first time of the schedule', () => given(payment, [...paid, requested()]).when(outcome(declined)).then(failed(1, 10)));
  it('then after the second', () => given(payment, [...paid, requested(), failed(1, 10), retried]).when(outcome(declined, 2)).then(failed(2, 60)));
  it('in the end needs attention', () =>
    given(payment, [...paid, requested(), failed(1, 10), retried, failed(2, 60), retried]).when(outcome(declined, 3)).then(failed(3), needsAttention(3)));
  it('fails alike when the provider refuses it', () =>
    given(payment, [...paid, requested()])
      .when({ type: 'RecordRefundOutcome', refundId, attempt: 1, outcome: { status: 'refused', reasonCode: 'not_found' }, at: T0, retryAfterMs: SCHEDULE })
      .then({ ...failed(1, 10), reasonCode: 'not_found' } as PaymentEvent));
  it('waits for its time', () => {
    given(payment, [...paid, requested(), failed(1, 10)]).when(retry('schedule', 9)).thenNothing();
    given(payment, [...paid, requested(), failed(1, 10)]).when(retry('schedule', 10)).then(retried);
  });
  it('is not tried twice at a time', () => given(payment, [...paid, requested(), failed(1, 10), retried]).when(retry('schedule', 10)).thenNothing());
  it('needs attention when others have used the money meanwhile', () =>
    given(payment, [...paid, requested(), failed(1, 10), requested(5_000, otherId)])
      .when(retry('schedule', 10))
      .then(needsAttention(1, 'refund_exceeds_captured')));
});

describe('retrying by hand', () => {
  it('does not wait for the schedule', () => given(payment, [...paid, requested(), failed(1, 10)]).when(retry('admin')).then(retried));
  it('takes up one that needs attention', () =>
    given(payment, [...paid, requested(), failed(1), needsAttention(1)]).when(retry('admin')).then(retried));
  it('has nothing to do while the refund is under way', () => given(payment, [...paid, requested()]).when(retry('admin')).thenNothing());
  it('refuses after a success', () => given(payment, [...paid, requested(), succeeded()]).when(retry('admin')).thenRefused('invalid_transition', { from: 'succeeded' }));
  it('has the same budget', () =>
    given(payment, [...paid, requested(), failed(1), needsAttention(1), requested(4_500, otherId)])
      .when(retry('admin'))
      .thenRefused('refund_exceeds_captured', { pending: eur(4_500) }));
  it('refuses an unknown refund', () => given(payment, paid).when(retry('admin')).thenRefused('not_found'));
});

describe('asking about a refund again', () => {
  const check = (outcome: 'unanswered' | 'unchanged', seconds: number): PaymentEvent => ({ type: 'RefundCheckScheduled', ...of(), outcome, nextCheckAt: at(seconds) });

  it('comes soon after a call without an answer', () =>
    given(payment, [...paid, requested()]).when({ type: 'ScheduleRefundCheck', refundId, outcome: 'unanswered', at: T0 }).then(check('unanswered', 2)));
  it('waits longer while there is no news', () =>
    given(payment, [...paid, requested(), pending, check('unchanged', 240)])
      .when({ type: 'ScheduleRefundCheck', refundId, outcome: 'unchanged', at: T0 })
      .then(check('unchanged', 1_500)));
  it('ends with the refund', () =>
    given(payment, [...paid, requested(), succeeded()]).when({ type: 'ScheduleRefundCheck', refundId, outcome: 'unanswered', at: T0 }).thenNothing());
});
