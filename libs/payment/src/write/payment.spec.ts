import { given } from '@tillroll/testing';
import { actionRequired, at, authorized, captured, eur, expired, failed, ids, initiated, intent, nextAction, processing, reference, T0, voided, voidRequested } from './payment.examples';
import { payment } from './payment';
import type { PaymentCommand } from './payment-commands';
import type { PaymentEvent } from './payment-events';
import { isKnown } from './payment-state';

const { type: _, ...initiation } = initiated as Extract<PaymentEvent, { type: 'PaymentInitiated' }>;
const initiate: PaymentCommand = { type: 'InitiatePayment', ...initiation };
const record = (change: Parameters<typeof intent>[0] = {}): PaymentCommand => ({ type: 'RecordGatewayOutcome', intent: intent(change) });
const requestVoid: PaymentCommand = { type: 'RequestVoid', at: T0 };
const mismatch = (amount: number, currency = 'EUR'): PaymentEvent => ({
  type: 'PaymentMismatchRecorded',
  ...ids,
  expected: eur(5_000),
  given: { amount, currency },
  reference,
});

describe('initiating a payment', () => {
  it('records what is owed before the provider hears of it', () => given(payment).when(initiate).then(initiated));
  it('changes nothing when repeated', () => given(payment, [initiated]).when(initiate).thenNothing());
  it('comes before everything else', () => given(payment).when(record()).thenRefused('not_found'));
});

describe('the answer of the provider', () => {
  it('captures with the provider, its reference, the amount and the time', () => given(payment, [initiated]).when(record()).then(captured));
  it('asks the customer to act', () =>
    given(payment, [initiated]).when(record({ status: 'requires_action', nextAction })).then(actionRequired));
  it('is a payment at work when there is nothing for the customer to do', () =>
    given(payment, [initiated]).when(record({ status: 'requires_action' })).then(processing));
  it('reserves the money', () => given(payment, [initiated]).when(record({ status: 'authorized' })).then(authorized));
  it('fails with its reason', () =>
    given(payment, [initiated]).when(record({ status: 'failed', reasonCode: 'card_declined', retryable: true })).then(failed));
  it('is a failure when the provider gave up by itself', () =>
    given(payment, [initiated, actionRequired])
      .when(record({ status: 'canceled', reasonCode: 'canceled' }))
      .then({ type: 'PaymentFailed', ...ids, reasonCode: 'canceled', retryable: true }));
  it('is the end of the window when the time at the provider ran out', () =>
    given(payment, [initiated, actionRequired]).when(record({ status: 'canceled', reasonCode: 'expired' })).then(expired));
  it('is a failure without retry when the provider does not take the request', () =>
    given(payment, [initiated])
      .when({ type: 'RecordGatewayRefusal', reasonCode: 'unsupported_method' })
      .then({ type: 'PaymentFailed', ...ids, reasonCode: 'unsupported_method', retryable: false }));
});

describe('ranks only go up', () => {
  it('the same answer again changes nothing', () => given(payment, [initiated, captured]).when(record()).thenNothing());
  it('a late step back changes nothing', () =>
    given(payment, [initiated, authorized]).when(record({ status: 'requires_action', nextAction })).thenNothing());
  it('a late failure never undoes a capture', () => given(payment, [initiated, captured]).when(record({ status: 'failed' })).thenNothing());
  it('a capture after a failure is recorded: the money was taken', () => given(payment, [initiated, failed]).when(record()).then(captured));
  it('a capture after a void is recorded', () =>
    given(payment, [initiated, actionRequired, voidRequested, voided]).when(record()).then(captured));
  it('one end is not replaced by another', () => given(payment, [initiated, failed]).when(record({ status: 'canceled' })).thenNothing());
});

describe('an amount that is not what is owed', () => {
  it('confirms nothing and is recorded', () =>
    given(payment, [initiated, actionRequired]).when(record({ amount: eur(4_000) })).then(mismatch(4_000)));
  it('is recorded for another currency', () =>
    given(payment, [initiated]).when(record({ amount: { amount: 5_000, currency: 'USD' } })).then(mismatch(5_000, 'USD')));
  it('is recorded when less was captured than agreed', () => given(payment, [initiated]).when(record({ captured: eur(4_999) })).then(mismatch(4_999)));
  it('is recorded once', () => given(payment, [initiated, mismatch(4_000)]).when(record({ amount: eur(4_000) })).thenNothing());
  it('does not keep a payment from ending without money', () =>
    given(payment, [initiated, mismatch(4_000), voidRequested]).when(record({ status: 'canceled', amount: eur(4_000) })).then(voided));
  it('ends a void once the wrong amount was paid back at the provider', () =>
    given(payment, [initiated, mismatch(4_000), voidRequested]).when(record({ amount: eur(4_000), refunded: eur(4_000) })).then(voided));
  it('is compared in messages, which are not believed otherwise', () => {
    given(payment, [initiated, actionRequired]).when({ type: 'CompareReportedAmount', intent: intent({ amount: eur(1) }) }).then(mismatch(1));
    given(payment, [initiated, actionRequired]).when({ type: 'CompareReportedAmount', intent: intent() }).thenNothing();
  });
});

describe('voiding', () => {
  it('is asked of the provider', () => given(payment, [initiated, actionRequired]).when(requestVoid).then(voidRequested));
  it('is asked once', () => given(payment, [initiated, actionRequired, voidRequested]).when(requestVoid).thenNothing());
  it.each([captured, failed, voided, expired])('has nothing to do after $type', (end) => given(payment, [initiated, end]).when(requestVoid).thenNothing());
  it('ends in voided', () => given(payment, [initiated, actionRequired, voidRequested]).when(record({ status: 'canceled' })).then(voided));
  it('ends in expired when the window had ended', () => {
    const because = { ...voidRequested, because: 'expired' } as PaymentEvent;
    given(payment, [initiated, actionRequired]).when({ type: 'RequestVoid', at: T0 + 1_800_000 }).then(because);
    given(payment, [initiated, actionRequired, because]).when(record({ status: 'canceled' })).then(expired);
  });
  it('ends in captured when the money was taken after all', () => given(payment, [initiated, actionRequired, voidRequested]).when(record()).then(captured));
  it('ends in voided when the payment was declined meanwhile', () =>
    given(payment, [initiated, actionRequired, voidRequested]).when(record({ status: 'failed' })).then(voided));
  it('is asked again of money that was reserved meanwhile', () =>
    given(payment, [initiated, voidRequested]).when(record({ status: 'authorized' })).then(authorized, voidRequested));
  it('ends in voided when the provider refused to create the intent', () =>
    given(payment, [initiated, voidRequested]).when({ type: 'RecordGatewayRefusal', reasonCode: 'invalid_request' }).then(voided));
  it('ends in voided when the provider does not know the intent', () =>
    given(payment, [initiated, processing, voidRequested]).when({ type: 'RecordNothingToCancel' }).then(voided));
});

describe('an intent that the provider does not show', () => {
  const absent: PaymentEvent = { type: 'PaymentCheckScheduled', ...ids, outcome: 'absent', nextCheckAt: at(10) };

  it('is searched for again: its creation may be on the way', () =>
    given(payment, [initiated, voidRequested]).when({ type: 'RecordAbsence', at: T0 }).then(absent));
  it('does not count as absent before that time', () =>
    given(payment, [initiated, voidRequested, absent]).when({ type: 'RecordAbsence', at: T0 + 9_999 }).thenNothing());
  it('is then voided', () => given(payment, [initiated, voidRequested, absent]).when({ type: 'RecordAbsence', at: T0 + 10_000 }).then(voided));
  it('has expired when nobody asked for a void', () => given(payment, [initiated, absent]).when({ type: 'RecordAbsence', at: T0 + 10_000 }).then(expired));
  it('is not looked for once the reference is known', () => given(payment, [initiated, processing]).when({ type: 'RecordAbsence', at: T0 }).thenNothing());
});

describe('capturing on shipment', () => {
  const captureRequested: PaymentEvent = { type: 'PaymentCaptureRequested', ...ids };

  it('takes authorised money', () => given(payment, [initiated, authorized]).when({ type: 'RequestCapture' }).then(captureRequested));
  it('is asked once', () => given(payment, [initiated, authorized, captureRequested]).when({ type: 'RequestCapture' }).thenNothing());
  it('has nothing to do when the money was taken at once', () => given(payment, [initiated, captured]).when({ type: 'RequestCapture' }).thenNothing());
  it('is not asked of a payment that is being voided', () =>
    given(payment, [initiated, authorized, voidRequested]).when({ type: 'RequestCapture' }).thenNothing());
});

describe('asking again', () => {
  const scheduled = (outcome: 'unanswered' | 'unchanged', seconds: number): PaymentEvent => ({
    type: 'PaymentCheckScheduled',
    ...ids,
    outcome,
    nextCheckAt: at(seconds),
  });
  const silence: PaymentCommand = { type: 'SchedulePaymentCheck', outcome: 'unchanged', at: T0 };
  const outage: PaymentCommand = { type: 'SchedulePaymentCheck', outcome: 'unanswered', at: T0 };

  it('waits ever longer while the provider has no news', () => {
    const history = [initiated, processing];
    for (const minutes of [4, 25, 60, 60]) {
      given(payment, history).when(silence).then(scheduled('unchanged', minutes * 60));
      history.push(scheduled('unchanged', minutes * 60));
    }
  });
  it('comes quickly at first when the provider did not answer', () => {
    const history = [initiated, processing];
    for (const seconds of [2, 10, 60, 300, 1_800, 3_600, 3_600]) {
      given(payment, history).when(outage).then(scheduled('unanswered', seconds));
      history.push(scheduled('unanswered', seconds));
    }
  });
  it('stays quick while a customer waits for the payment to begin', () => {
    const history = [initiated];
    for (const seconds of [2, 10, 30, 30]) {
      given(payment, history).when(outage).then(scheduled('unanswered', seconds));
      history.push(scheduled('unanswered', seconds));
    }
  });
  it('starts over with every news', () =>
    given(payment, [initiated, scheduled('unanswered', 2), processing]).when(outage).then(scheduled('unanswered', 2)));
  it.each([captured, failed, authorized])('ends with $type', (end) => given(payment, [initiated, end]).when(silence).thenNothing());
  it('goes on for an authorised payment that is to be captured', () =>
    given(payment, [initiated, authorized, { type: 'PaymentCaptureRequested', ...ids }]).when(outage).then(scheduled('unanswered', 2)));
});

it('forgets what to do at the provider once the payment went on', () =>
  given(payment, [initiated, actionRequired])
    .when(record())
    .thenState((state) => {
      expect(isKnown(state) && state.nextAction).toBeUndefined();
      expect(state).toMatchObject({ status: 'captured', captured: eur(5_000), transaction: { provider: 'sandbox', reference, amount: eur(5_000), time: at(1) } });
    }));
