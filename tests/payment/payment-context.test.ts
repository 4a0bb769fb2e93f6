import { GatewayUnavailable, LedgerReconciliation, LedgerSchedule, type PaymentGateway } from '@tillroll/payment';
import { WebhookIntake } from '@tillroll/payment/conversation/webhook-intake';
import { paymentType } from '@tillroll/payment/payment-types';
import { uuid5, uuid7 } from '@tillroll/kernel';
import { eventually } from '../support/shop-client';
import { PaymentPlace } from './payment-place';

const MINUTE = 60_000;
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const cause = () => {
  const commandId = uuid7(Date.now());
  return { commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' };
};

let place: PaymentPlace;
const open = async (disturb?: (gateway: PaymentGateway) => PaymentGateway) => (place = await PaymentPlace.open(disturb));
afterEach(async () => {
  expect(await place.bus.parked()).toEqual([]);
  await place.close();
});

const intentsOf = async (orderId: string) => (await place.gateway.listIntents({ orderId })).intents;

describe('a payment', () => {
  it('is stored, then taken', async () => {
    await open();
    const { paymentId } = await place.pay('card_ok');
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentCaptured']);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured', captured: eur(5_000), transaction: { provider: 'sandbox', amount: eur(5_000) } });
  });

  it.each([
    ['card_declined', 'card_declined', true],
    ['card_insufficient_funds', 'insufficient_funds', true],
    ['card_of_another_world', 'unsupported_method', false],
  ])('%s is declined with %s', async (method, reasonCode, retryable) => {
    await open();
    const { paymentId } = await place.pay(method);
    await place.settled();
    expect((await place.history(`payment-${paymentId}`)).at(-1)).toMatchObject({ type: 'PaymentFailed', data: { reasonCode, retryable } });
  });

  it.each([
    ['approve', ['PaymentInitiated', 'PaymentActionRequired', 'PaymentCaptured']],
    ['decline', ['PaymentInitiated', 'PaymentActionRequired', 'PaymentFailed']],
  ] as const)('by redirect is told by webhook when the customer says %s', async (outcome, events) => {
    await open();
    const { paymentId } = await place.pay('card_redirect');
    await place.customerAnswers(paymentId, outcome);
    await place.until(paymentId, ({ status }) => status === 'captured' || status === 'failed');
    await place.settled();
    expect(await place.events(paymentId)).toEqual(events);
  });

  it('R4, R5: webhooks twice and in parallel, and the browser at the same time, make one capture', async () => {
    await open();
    await place.chaos({ duplicate: 1 });
    const { paymentId } = await place.pay('card_redirect');
    await place.customerAnswers(paymentId, 'approve');
    await Promise.all([place.sync(paymentId), place.sync(paymentId), place.sync(paymentId)]);
    await place.until(paymentId, ({ status }) => status === 'captured');
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentActionRequired', 'PaymentCaptured']);
  });

  it('R4: a signed message with another amount confirms nothing and is recorded', async () => {
    await open();
    const { paymentId } = await place.pay('card_redirect');
    const { reference = '' } = await place.until(paymentId, ({ status }) => status === 'requires_action');
    const intent = { ...(await place.gateway.getIntent(reference)), status: 'captured', amount: eur(1), captured: eur(1) } as const;
    const forged = { provider: 'sandbox', eventId: 'forged', type: 'intent.captured', time: intent.time, about: 'intent', intent } as const;
    await place.app.get(WebhookIntake).receive(forged, cause());
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentActionRequired', 'PaymentMismatchRecorded']);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'requires_action', captured: eur(0) });
  });

  it('R6: a webhook before our own record waits for it, and is enough to find the payment', async () => {
    let creates = true;
    await open((gateway) => ({
      ...gateway,
      createIntent: (request) => (creates ? gateway.createIntent(request) : Promise.reject(new GatewayUnavailable('not now'))),
    }));
    await place.chaos({ drop: 1 });
    const orderId = uuid7(Date.now());
    const paymentId = uuid5('payment', orderId);
    const asked = { paymentId, orderId, amount: eur(5_000), method: 'card_ok' };
    const intent = await place.gateway.createIntent({ ...asked, gatewayKey: 'k' });
    creates = false;
    const early = { provider: 'sandbox', eventId: 'early', type: 'intent.captured', time: intent.time, about: 'intent', intent } as const;
    await place.app.get(WebhookIntake).receive(early, cause());
    await place.pass(72_000);
    expect((await place.history('webhook-sandbox~early')).map(({ type }) => type)).toEqual(['WebhookReceived', ...Array<string>(4).fill('WebhookDeferred')]);
    const initiation = { ...asked, customerId: uuid5('customer'), provider: 'sandbox', payUntil: '2030-01-01T13:00:00.000Z' };
    await place.aggregates.execute(paymentType, paymentId, { type: 'InitiatePayment', ...initiation }, cause());
    await place.pass(5 * MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured', reference: intent.reference });
  });

  it('R7: without any webhook the reconciler asks after a minute', async () => {
    await open();
    await place.chaos({ drop: 1 });
    const { paymentId } = await place.pay('card_late_success');
    await place.until(paymentId, ({ status }) => status === 'processing');
    await place.pass(MINUTE - 1);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'processing' });
    await place.pass(1);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured' });
  });

  it('R7: then after 5 and 30 minutes, when the window is over', async () => {
    const looked: number[] = [];
    await open((gateway) => ({ ...gateway, getIntent: (reference) => (looked.push(place.clock.now()), gateway.getIntent(reference)) }));
    await place.chaos({ drop: 1 });
    const { paymentId } = await place.pay('card_redirect');
    await place.until(paymentId, ({ status }) => status === 'requires_action');
    const start = place.clock.now();
    await place.pass(29 * MINUTE);
    expect(looked.map((at) => (at - start) / MINUTE)).toEqual([1, 5]);
    await place.pass(1 * MINUTE);
    await place.pass(60 * MINUTE);
    expect(await place.events(paymentId)).toContain('PaymentExpired');
  });

  it('R8: a crash between the call and the storing of its answer meets the same intent', async () => {
    let crashes = 2;
    await open((gateway) => ({
      ...gateway,
      async createIntent(request) {
        const intent = await gateway.createIntent(request);
        if (crashes-- > 0) throw new Error('the process died here');
        return intent;
      },
    }));
    const { paymentId, orderId } = await place.pay('card_ok');
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentCaptured']);
    expect(await intentsOf(orderId)).toHaveLength(1);
  });
});

describe('a provider that does not answer', () => {
  it('parks nothing, and is asked again soon with the same key', async () => {
    await open();
    await place.chaos({ errorRate: 1 });
    const { paymentId, orderId } = await place.pay('card_ok');
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentCheckScheduled']);
    await place.pass(20_000);
    expect((await place.payment(paymentId)).unansweredChecks).toBe(3);
    await place.chaos({});
    await place.pass(30_000);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured' });
    expect(await intentsOf(orderId)).toHaveLength(1);
  });

  it('is not asked to take money any more once the window has ended', async () => {
    let down = true;
    await open((gateway) => ({ ...gateway, createIntent: (request) => (down ? Promise.reject(new GatewayUnavailable('down')) : gateway.createIntent(request)) }));
    const { paymentId, orderId } = await place.pay('card_ok');
    await place.settled();
    await place.pass(30 * MINUTE);
    down = false;
    await place.pass(MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'expired' });
    expect(await intentsOf(orderId)).toEqual([]);
  });

  it('that took effect before it failed is found', async () => {
    let fails = true;
    await open((gateway) => ({
      ...gateway,
      async createIntent(request) {
        const intent = await gateway.createIntent(request);
        if (fails) throw new GatewayUnavailable('the answer was lost');
        return intent;
      },
    }));
    await place.chaos({ drop: 1 });
    const { paymentId, ...ids } = await place.pay('card_authorize');
    await place.settled();
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    fails = false;
    expect(await place.events(paymentId)).toEqual([
      'PaymentInitiated',
      'PaymentCheckScheduled',
      'PaymentVoidRequested',
      'PaymentAuthorized',
      'PaymentVoidRequested',
      'PaymentVoided',
    ]);
  });
});

describe('voiding', () => {
  it('cancels at the provider', async () => {
    await open();
    const { paymentId, ...ids } = await place.pay('card_redirect');
    await place.settled();
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentActionRequired', 'PaymentVoidRequested', 'PaymentVoided']);
    expect(await intentsOf(ids.orderId)).toMatchObject([{ status: 'canceled' }]);
  });

  it('R2: meets money that was taken meanwhile', async () => {
    await open();
    await place.chaos({ drop: 1 });
    const { paymentId, ...ids } = await place.pay('card_redirect');
    await place.customerAnswers(paymentId, 'approve');
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentActionRequired', 'PaymentVoidRequested', 'PaymentCaptured']);
  });

  it('waits for a bank that cannot be stopped', async () => {
    await open();
    const { paymentId, ...ids } = await place.pay('card_late_success');
    await place.settled();
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    expect(await place.payment(paymentId)).toMatchObject({ status: 'processing', voidRequested: 'canceled' });
    await place.pass(2 * MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured' });
  });

  it('goes on after a crash between finding the intent and canceling it', async () => {
    let down = false;
    let crashes = 0;
    await open((gateway) => ({
      ...gateway,
      async createIntent(request) {
        await gateway.createIntent(request);
        throw new GatewayUnavailable('the answer was lost');
      },
      listIntents: (query) => (down ? Promise.reject(new GatewayUnavailable('down')) : gateway.listIntents(query)),
      cancel: (reference, key) => (crashes-- > 0 ? Promise.reject(new Error('the process died here')) : gateway.cancel(reference, key)),
    }));
    await place.chaos({ drop: 1 });
    const { paymentId, ...ids } = await place.pay('card_authorize');
    await place.settled();
    down = true;
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    down = false;
    crashes = 1;
    await expect(place.pass(MINUTE)).rejects.toThrow('the process died here');
    await place.pass(MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'voided' });
  });

  it('of a payment that never reached the provider takes no money', async () => {
    let down = true;
    await open((gateway) => ({
      ...gateway,
      createIntent: (request) => (down ? Promise.reject(new GatewayUnavailable('down')) : gateway.createIntent(request)),
      listIntents: (query) => (down ? Promise.reject(new GatewayUnavailable('down')) : gateway.listIntents(query)),
    }));
    const { paymentId, ...ids } = await place.pay('card_ok');
    await place.settled();
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.settled();
    down = false;
    await place.pass(MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ status: 'voided' });
    expect(await intentsOf(ids.orderId)).toEqual([]);
  });

  it('at the end of the window is an expiry', async () => {
    await open();
    const { paymentId, ...ids } = await place.pay('card_redirect');
    await place.settled();
    await place.clock.advance(30 * MINUTE);
    await place.orderSays('OrderVoidRequired', { ...ids, paymentId });
    await place.until(paymentId, ({ status }) => status !== 'requires_action');
    expect(await place.payment(paymentId)).toMatchObject({ status: 'expired' });
  });
});

it('captures authorised money when the order is shipped', async () => {
  await open();
  const { paymentId, orderId, customerId } = await place.pay('card_authorize');
  await place.settled();
  expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentAuthorized']);
  await place.orderSays('OrderConfirmed', { orderId, customerId, paymentId, amount: eur(5_000), paymentStatus: 'authorized' });
  await place.orderSays('OrderShipped', { orderId, customerId });
  await place.settled();
  expect(await place.events(paymentId)).toEqual(['PaymentInitiated', 'PaymentAuthorized', 'PaymentCaptureRequested', 'PaymentCaptured']);
});

describe('refunds', () => {
  it('R1: what an ended order asks back is paid back', async () => {
    await open();
    const { paymentId, ...ids } = await place.pay('card_ok');
    await place.settled();
    await place.orderSays('OrderRefundRequired', { ...ids, paymentId, refundId: uuid7(Date.now()), amount: eur(5_000), reason: 'order_canceled' });
    await place.settled();
    expect(await place.payment(paymentId)).toMatchObject({ refunded: eur(5_000), refunds: [{ status: 'succeeded', attempts: 1 }] });
    expect(await intentsOf(ids.orderId)).toMatchObject([{ refunded: eur(5_000) }]);
  });

  it('R17: that fail are tried again by the schedule, then need attention', async () => {
    await open();
    const { paymentId } = await place.pay('card_refund_fails');
    await place.settled();
    await place.refunds(paymentId, 1_000);
    await place.settled();
    expect((await place.payment(paymentId)).refunds).toMatchObject([{ status: 'failed', attempts: 1, reasonCode: 'refund_declined' }]);
    await place.pass(10_000);
    expect((await place.payment(paymentId)).refunds).toMatchObject([{ status: 'failed', attempts: 2 }]);
    await place.pass(MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ refunded: eur(0), refunds: [{ status: 'needs_attention', attempts: 3 }] });
  });

  it('whose answer was lost are asked for again with the same key: the money goes back once', async () => {
    let lost = 3;
    await open((gateway) => ({
      ...gateway,
      async refund(request) {
        const refund = await gateway.refund(request);
        if (lost-- > 0) throw new GatewayUnavailable('the answer was lost');
        return refund;
      },
    }));
    const { paymentId, orderId } = await place.pay('card_ok');
    await place.settled();
    await place.refunds(paymentId, 3_000);
    await place.pass(5 * MINUTE);
    expect(await place.payment(paymentId)).toMatchObject({ refunded: eur(3_000), refunds: [{ status: 'succeeded', attempts: 1 }] });
    expect(await intentsOf(orderId)).toMatchObject([{ refunded: eur(3_000) }]);
  });

  it('R18: two at once share one budget', async () => {
    await open();
    const { paymentId } = await place.pay('card_ok');
    await place.settled();
    const outcomes = await Promise.allSettled([place.refunds(paymentId, 3_000), place.refunds(paymentId, 3_000)]);
    await place.settled();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await place.payment(paymentId)).toMatchObject({ refunded: eur(3_000) });
  });
});

describe('comparing the ledgers', () => {
  it('finds nothing when they agree', async () => {
    await open();
    for (const method of ['card_ok', 'card_declined', 'card_redirect', 'card_authorize']) await place.pay(method);
    await place.settled();
    expect(await place.app.get(LedgerReconciliation).reconcileLedgers()).toMatchObject({ intents: 4, payments: 4, settled: 0, differences: [] });
  });

  it('happens by itself every hour', async () => {
    await open();
    await place.pay('card_ok');
    await place.settled();
    const schedule = place.app.get(LedgerSchedule);
    await place.clock.advance(5 * MINUTE);
    const first = await eventually(() => place.clock.advance(50).then(() => schedule.latest), (report) => report !== undefined);
    expect(first).toMatchObject({ intents: 1, payments: 1, differences: [] });
    await place.clock.advance(60 * MINUTE);
    await eventually(() => place.clock.advance(50).then(() => schedule.latest), (report) => report !== first);
  });

  it('settles what the shop had not heard of, and lists what nobody knows', async () => {
    await open();
    await place.chaos({ drop: 1 });
    const { paymentId } = await place.pay('card_redirect');
    await place.customerAnswers(paymentId, 'approve');
    const stranger = { paymentId: uuid7(Date.now()), orderId: uuid7(Date.now()), amount: eur(700), method: 'card_ok', gatewayKey: 'stranger' };
    const { reference } = await place.gateway.createIntent(stranger);
    await place.clock.advance(30_000);
    const report = () => place.app.get(LedgerReconciliation).reconcileLedgers();
    expect(await report()).toMatchObject({ settled: 2, differences: [] });
    expect(await place.payment(paymentId)).toMatchObject({ status: 'captured' });
    await place.clock.advance(MINUTE);
    expect((await report()).differences).toEqual([{ kind: 'missing_here', reference, paymentId: stranger.paymentId, orderId: stranger.orderId, captured: eur(700) }]);
  });
});
