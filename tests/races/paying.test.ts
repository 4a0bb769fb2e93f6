import { randomUUID } from 'node:crypto';
import { uuid5 } from '@tillroll/kernel';
import { createKey } from '@tillroll/payment/automation/next-steps';
import { type Intent, WEBHOOK_SECRET } from '../support/provider';
import { endedOrder, happeningsTo, noticesOf, orderOf, statusesOf, stockOf } from '../support/shop-books';
import { type Answer, type Customer, eventually, expecting, newProduct, payFor, placeOrder } from '../support/shop-client';
import { shopOfThisFile } from '../support/shop-of-this-file';

const LATE_MS = 400;

describe('races of payments', () => {
  const shop = shopOfThisFile({ settings: { SANDBOX_LATE_MS: String(LATE_MS), WEBHOOK_SECRET } });
  const provider = () => shop().provider;
  const ada = () => shop().customers[0] as Customer;
  let productId: string;
  beforeAll(async () => void (productId = await newProduct(shop().admin, { stock: 500 })));
  afterEach(() => provider().behave());

  const placed = (): Promise<Answer['body']> => expecting(201, placeOrder(ada(), productId));
  const cancel = (orderId: string) => ada().client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' });
  const intentOf = async (orderId: string): Promise<Intent> => {
    const [intent, ...others] = await provider().intentsOf(orderId);
    if (intent === undefined || others.length > 0) throw new Error(`the provider has ${others.length} other intents of order ${orderId}`);
    return intent;
  };
  const confirmed = (orderId: string) => eventually(() => orderOf(ada().client, orderId), ({ status, stockStatus }) => status === 'confirmed' && stockStatus === 'committed');

  it('R1: money captured after the order was canceled: recorded, refunded in full, told; the order stays canceled', async () => {
    const order = await placed();
    expect(await payFor(ada(), order, 'card_late_success')).toMatchObject({ status: 201, body: { status: 'processing' } });
    expect(await cancel(order.orderId)).toMatchObject({ body: { status: 'canceled' } });
    expect(await endedOrder(ada().client, order.orderId)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released' });
    expect(await intentOf(order.orderId)).toMatchObject({ status: 'captured', captured: 1_000, refunded: 1_000 });
    expect(await happeningsTo(shop().admin, order.orderId)).toMatchObject({ 'payment-captured': 1, 'refund-succeeded': 1, 'compensation-completed': 1 });
    expect(await noticesOf(ada(), order.orderId)).toEqual({ 'order-canceled': 1, 'payment-returned': 1 });
  });

  it('R2: cancel while a payment is in flight: canceled at once, voided at the provider', async () => {
    const order = await placed();
    const { nextAction } = await expecting(201, payFor(ada(), order, 'card_redirect'));
    expect(nextAction).toMatchObject({ type: 'redirect' });
    expect(await cancel(order.orderId)).toMatchObject({ body: { status: 'canceled' } });
    expect(await endedOrder(ada().client, order.orderId)).toMatchObject({ paymentStatus: 'voided', stockStatus: 'released' });
    const intent = await intentOf(order.orderId);
    expect(intent).toMatchObject({ status: 'canceled', captured: 0 });
    expect(await provider().answer(intent.id, 'approve')).toBe(409);
  });

  it('R4: a webhook many times in parallel, and under other ids: every delivery is taken, one effect', async () => {
    await provider().misbehave({ duplicate: 1 });
    const order = await placed();
    await expecting(201, payFor(ada(), order, 'card_redirect'));
    const intent = await intentOf(order.orderId);
    expect(await provider().answer(intent.id, 'approve')).toBe(303);
    const told = { ...intent, status: 'captured', captured: intent.amount, updatedAt: new Date().toISOString() };
    const ids = ['evt_same', 'evt_same', 'evt_same', 'evt_same', 'evt_same', 'evt_same', randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    expect(await Promise.all(ids.map((id) => provider().tell(id, 'intent.captured', told)))).toEqual(ids.map(() => 202));
    await confirmed(order.orderId);
    expect(await happeningsTo(shop().admin, order.orderId)).toMatchObject({ 'payment-captured': 1, 'order-confirmed': 1, 'stock-committed': 1 });
    expect(await noticesOf(ada(), order.orderId)).toEqual({ 'order-confirmed': 1 });
  });

  it('R4: a webhook with an amount that is not owed: confirms nothing, and the admin sees it', async () => {
    const order = await placed();
    const { paymentId } = await expecting(201, payFor(ada(), order, 'card_redirect'));
    const intent = await intentOf(order.orderId);
    const wrong = { ...intent, status: 'captured', amount: 1, captured: 1, updatedAt: new Date().toISOString() };
    const told = Array.from({ length: 4 }, () => provider().tell(randomUUID(), 'intent.captured', wrong));
    expect(await Promise.all(told)).toEqual([202, 202, 202, 202]);
    const listed = async () =>
      (await expecting(200, shop().admin.get('/admin/payment-mismatches?limit=100'))).data.filter((mismatch: { paymentId: string }) => mismatch.paymentId === paymentId);
    expect(await eventually(listed, ({ length }) => length > 0)).toMatchObject([{ paymentId, expected: { amount: 1_000 }, given: { amount: 1 } }]);
    expect(await orderOf(ada().client, order.orderId)).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
    expect(await provider().answer(intent.id, 'approve')).toBe(303);
    await confirmed(order.orderId);
  });

  it('R5: webhook and browser return together: one capture', async () => {
    const order = await placed();
    const { paymentId } = await expecting(201, payFor(ada(), order, 'card_redirect'));
    const intent = await intentOf(order.orderId);
    const returns = Array.from({ length: 8 }, () => ada().client.post(`/payments/${paymentId}/sync`));
    const [approved, ...synced] = await Promise.all([provider().answer(intent.id, 'approve'), ...returns]);
    expect(approved).toBe(303);
    expect(statusesOf(synced)).toEqual(returns.map(() => 200));
    await confirmed(order.orderId);
    expect(await happeningsTo(shop().admin, order.orderId)).toMatchObject({ 'payment-captured': 1, 'order-confirmed': 1 });
  });

  it('R5: the order is confirmed as soon as the browser that returned is answered', async () => {
    await provider().misbehave({ drop: 1 });
    for (let turn = 0; turn < 5; turn++) {
      const order = await placed();
      const { paymentId } = await expecting(201, payFor(ada(), order, 'card_redirect'));
      expect(await provider().answer((await intentOf(order.orderId)).id, 'approve')).toBe(303);
      expect(await ada().client.post(`/payments/${paymentId}/sync`)).toMatchObject({ status: 200, body: { status: 'captured' } });
      expect(await orderOf(ada().client, order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    }
  });

  it('R6: a webhook before our own record of the payment: it waits, and is found by what was set at creation', async () => {
    const order = await placed();
    const key = randomUUID();
    const paymentId = uuid5(uuid5('key', ada().customerId, 'POST', `/v1/orders/${order.orderId}/payments`, key), 'payment');
    const returnUrl = 'http://127.0.0.1/back';
    const intent = await provider().create(
      { paymentId, orderId: order.orderId, ...order.total, method: 'card_redirect', returnUrl, payUntil: order.expiresAt },
      createKey(paymentId),
    );
    expect(await provider().answer(intent.id, 'approve')).toBe(303);
    expect(await provider().tell(randomUUID(), 'intent.captured', { ...intent, status: 'captured', captured: intent.amount, updatedAt: new Date().toISOString() })).toBe(202);
    expect(await orderOf(ada().client, order.orderId)).toMatchObject({ status: 'pending', paymentStatus: 'none' });

    await provider().misbehave({ hangRate: 1 });
    const paying = payFor(ada(), order, 'card_redirect', key);
    await eventually(() => orderOf(ada().client, order.orderId), ({ paymentStatus }) => paymentStatus === 'pending');
    await provider().behave();
    expect([201, 503]).toContain((await paying).status);
    await confirmed(order.orderId);
    expect(await intentOf(order.orderId)).toMatchObject({ id: intent.id, paymentId, captured: 1_000 });
    expect(await happeningsTo(shop().admin, order.orderId)).toMatchObject({ 'payment-captured': 1, 'order-confirmed': 1 });
  });

  it('R9: payment declined: the stock stays held, it may be tried again, also by many at once', async () => {
    const order = await placed();
    const declined = await payFor(ada(), order, 'card_insufficient_funds');
    expect(declined).toMatchObject({ status: 402, body: { code: 'payment_declined', reasonCode: 'insufficient_funds', options: ['retry', 'cancel'] } });
    const more = await Promise.all(Array.from({ length: 3 }, () => payFor(ada(), order, 'card_declined')));
    expect(statusesOf(more)).toEqual([402, 402, 402]);
    expect(await orderOf(ada().client, order.orderId)).toMatchObject({ status: 'pending', paymentStatus: 'failed', stockStatus: 'held' });
    const { held } = await stockOf(shop().admin, productId);
    expect(await payFor(ada(), order, 'card_ok')).toMatchObject({ status: 201, body: { status: 'captured' } });
    await confirmed(order.orderId);
    expect((await stockOf(shop().admin, productId)).held).toBe(held - 1);
  });

  it('R10: two tabs pay one order: one live attempt', async () => {
    const order = await placed();
    const tabs = await Promise.all(Array.from({ length: 5 }, () => payFor(ada(), order, 'card_redirect')));
    expect(statusesOf(tabs)).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(tabs.map(({ body }) => body.paymentId)).size).toBe(1);
    expect(new Set(tabs.map(({ body }) => body.nextAction.url)).size).toBe(1);
    expect(await provider().answer((await intentOf(order.orderId)).id, 'approve')).toBe(303);
    await confirmed(order.orderId);
    const late = await payFor(ada(), order, 'card_ok');
    expect(late).toMatchObject({ status: 409, body: { code: 'order_not_payable', from: 'confirmed' } });
    await intentOf(order.orderId);
  });

  it('R10: two tabs pay one order by card at once: paid once', async () => {
    const order = await placed();
    const tabs = await Promise.all(Array.from({ length: 5 }, () => payFor(ada(), order, 'card_ok')));
    for (const { status, body } of tabs) expect([200, 201, 'order_not_payable']).toContain(status === 409 ? body.code : status);
    expect(tabs.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await intentOf(order.orderId)).toMatchObject({ captured: 1_000 });
    expect(await happeningsTo(shop().admin, order.orderId)).toMatchObject({ 'payment-captured': 1 });
  });
});
