import { createHmac, randomUUID } from 'node:crypto';
import { type Customer, eventually, expecting, newCustomer, newProduct, ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces, problemIn } from './problem';
import { pageOf, payment, refund } from './resource-shapes';
import { expectShape } from './shape';

const LATE_MS = 5000;
const SECRET = Buffer.alloc(24, 7);
const RETURN_URL = 'http://shop.example/back?order=1';
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let shop: ShopInProcess;
let provider: ShopClient;
let ada: Customer;

beforeAll(async () => {
  shop = await startShopInProcess({ WEBHOOK_SECRET: `whsec_${SECRET.toString('base64')}`, REFUND_RETRY: 'PT10S,PT1M' });
  provider = new ShopClient(shop.client.url, 'sk_sandbox');
  ada = await newCustomer(shop.client);
});
afterAll(() => shop.close());

async function ordered(): Promise<{ readonly orderId: string; readonly total: object }> {
  await expecting(200, ada.client.post('/cart/items', { productId: await newProduct(shop.admin), quantity: 5 }));
  return expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() })) as Promise<{ orderId: string; total: object }>;
}
const pay = (orderId: string, more: object = {}, key: string = randomUUID()) => ada.client.post(`/orders/${orderId}/payments`, { amount: eur(5000), method: 'card_ok', ...more }, { key });
const orderOf = (orderId: string) => ada.client.get(`/orders/${orderId}`);
const paymentOf = (paymentId: string) => ada.client.get(`/payments/${paymentId}`);
const refundOf = (paymentId: string, amount: unknown, key: string = randomUUID()) => shop.admin.post(`/payments/${paymentId}/refunds`, { amount, reason: 'broken' }, { key });
const toldOf = async (orderId: string): Promise<string[]> =>
  ((await ada.client.get('/me/notices?limit=100')).body.data as { orderId: string; type: string }[]).flatMap((notice) => (notice.orderId === orderId ? [notice.type] : []));
async function paid(method = 'card_ok') {
  const { orderId } = await ordered();
  const { paymentId } = await expecting(201, pay(orderId, { method }));
  return { orderId, paymentId: String(paymentId) };
}
const answerPage = (url: string, outcome: string) => fetch(url, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `outcome=${outcome}` });

describe('a payment', () => {
  it('by card_ok is captured in the answer, and confirms the order', async () => {
    const { orderId } = await ordered();
    const started = await pay(orderId);
    expect(started.status).toBe(201);
    expectShape(started.body, payment);
    expect(started.body).toMatchObject({ orderId, method: 'card_ok', amount: eur(5000), status: 'captured', captured: eur(5000), refunded: eur(0), transaction: { provider: 'sandbox', amount: eur(5000) }, refunds: [] });
    expect(started.body).not.toHaveProperty('nextAction');
    expect(started.headers.get('location')).toBe(`/v1/payments/${started.body.paymentId}`);
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    const shown = await paymentOf(started.body.paymentId);
    expectShape(shown.body, payment);
    expect([shown.status, shown.body]).toEqual([200, started.body]);
    expect(shown.headers.get('etag')).toMatch(/^".+"$/);
    const listed = await ada.client.get(`/orders/${orderId}/payments`);
    expectShape(listed.body, pageOf(payment));
    expect(listed.body).toEqual({ data: [shown.body], page: { next: null } });
    const ledger = await provider.get(`/sandbox/v1/intents/${started.body.transaction.reference}`);
    expect(ledger.body).toMatchObject({ orderId, paymentId: started.body.paymentId, captured: 5000, currency: 'EUR', status: 'captured' });
    expect(await toldOf(orderId)).toEqual(['order-confirmed']);
    expect(problemIn(await pay(orderId))).toMatchObject({ code: 'order_not_payable', from: 'confirmed' });
  });

  it.each([['card_declined', 'card_declined'], ['card_insufficient_funds', 'insufficient_funds']])('by %s is refused in the answer: %s', async (method, reasonCode) => {
    const { orderId } = await ordered();
    const declined = await pay(orderId, { method });
    expect(problemIn(declined)).toMatchObject({ code: 'payment_declined', reasonCode, retryable: expect.any(Boolean) as boolean, options: ['retry', 'cancel'] });
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'pending', paymentStatus: 'failed', stockStatus: 'held' });
    const [failed] = (await ada.client.get(`/orders/${orderId}/payments`)).body.data;
    expectShape(failed, payment);
    expect(failed).toMatchObject({ status: 'failed', reasonCode, captured: eur(0) });
    expect(await toldOf(orderId)).toEqual(['payment-failed']);
    expect(await expecting(201, pay(orderId))).toMatchObject({ status: 'captured' });
    const newestFirst = (await ada.client.get(`/orders/${orderId}/payments`)).body.data as { status: string }[];
    expect(newestFirst.map(({ status }) => status)).toEqual(['captured', 'failed']);
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  });

  it('by card_redirect asks the customer on a page, who approves', async () => {
    const { orderId } = await ordered();
    const { body: started, status } = await pay(orderId, { method: 'card_redirect', returnUrl: RETURN_URL });
    expect([status, started.status]).toEqual([201, 'requires_action']);
    expectShape(started, payment);
    expect(Date.parse(started.nextAction.expiresAt)).toBeLessThanOrEqual(Date.parse((await orderOf(orderId)).body.expiresAt));
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
    const page = await fetch(started.nextAction.url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<form');
    const pressed = await answerPage(started.nextAction.url, 'approve');
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, RETURN_URL]);
    const confirmed = await eventually(() => orderOf(orderId), ({ body }) => body.status === 'confirmed');
    expect(confirmed.body.paymentStatus).toBe('paid');
    const captured = (await paymentOf(started.paymentId)).body;
    expectShape(captured, payment);
    expect(captured).toMatchObject({ status: 'captured', captured: eur(5000) });
    expect(captured).not.toHaveProperty('nextAction');
    expect(await toldOf(orderId)).toEqual(['order-confirmed']);
  });

  it('by card_redirect that the customer declines leaves the order open', async () => {
    const { orderId } = await ordered();
    const { body: started } = await pay(orderId, { method: 'card_redirect', returnUrl: RETURN_URL });
    const pressed = await answerPage(started.nextAction.url, 'decline');
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, RETURN_URL]);
    const failed = await eventually(() => paymentOf(started.paymentId), ({ body }) => body.status === 'failed');
    expectShape(failed.body, payment);
    expect(failed.body.reasonCode).toMatch(/^[a-z_]+$/);
    const open = await eventually(() => orderOf(orderId), ({ body }) => body.paymentStatus === 'failed');
    expect(open.body).toMatchObject({ status: 'pending', stockStatus: 'held' });
    expect(await toldOf(orderId)).toEqual(['payment-failed']);
    await expecting(201, pay(orderId));
  });

  it('can be asked for when the browser comes back', async () => {
    await expecting(200, provider.put('/sandbox/v1/chaos', { drop: 1 }));
    const { orderId } = await ordered();
    const { body: started } = await pay(orderId, { method: 'card_redirect' });
    const still = await ada.client.post(`/payments/${started.paymentId}/sync`);
    expect([still.status, still.body]).toEqual([200, started]);
    await answerPage(started.nextAction.url, 'approve');
    await expecting(200, provider.put('/sandbox/v1/chaos', {}));
    const synced = await ada.client.post(`/payments/${started.paymentId}/sync`);
    expect(synced.status).toBe(200);
    expectShape(synced.body, payment);
    expect(synced.body).toMatchObject({ status: 'captured', captured: eur(5000) });
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.status === 'confirmed')).body.paymentStatus).toBe('paid');
  });

  it('of nothing is one: a gift is ordered like anything else', async () => {
    await expecting(200, ada.client.post('/cart/items', { productId: await newProduct(shop.admin, { price: eur(0) }), quantity: 2 }));
    const { orderId, total } = await expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }));
    expect(total).toEqual(eur(0));
    expect(await expecting(201, pay(orderId, { amount: total }))).toMatchObject({ status: 'captured', captured: eur(0) });
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect((await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' })).status).toBeLessThan(300);
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.compensating === false)).body).toMatchObject({ status: 'canceled', stockStatus: 'released' });
  });

  it('by card_authorize confirms the order, and is captured when it is shipped', async () => {
    const { orderId } = await ordered();
    const started = await pay(orderId, { method: 'card_authorize' });
    expect(started).toMatchObject({ status: 201, body: { status: 'authorized', captured: eur(0) } });
    expectShape(started.body, payment);
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.status === 'confirmed')).body.paymentStatus).toBe('authorized');
    await expecting(200, shop.admin.post(`/orders/${orderId}/transitions`, { to: 'processing' }));
    expect((await paymentOf(started.body.paymentId)).body.status).toBe('authorized');
    await expecting(200, shop.admin.post(`/orders/${orderId}/transitions`, { to: 'shipped' }));
    const captured = await eventually(() => paymentOf(started.body.paymentId), ({ body }) => body.status === 'captured');
    expect(captured.body).toMatchObject({ captured: eur(5000), transaction: { amount: eur(5000) } });
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.paymentStatus === 'paid')).body.status).toBe('shipped');
  });

  it('by card_authorize is voided when the order is canceled', async () => {
    const { orderId } = await ordered();
    const { paymentId } = await expecting(201, pay(orderId, { method: 'card_authorize' }));
    expect([200, 202]).toContain((await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' })).status);
    const ended = await eventually(() => orderOf(orderId), ({ body }) => body.compensating === false);
    expect(ended.body).toMatchObject({ status: 'canceled', paymentStatus: 'voided', stockStatus: 'released' });
    expect((await paymentOf(paymentId)).body).toMatchObject({ status: 'voided', captured: eur(0) });
  });

  it('by card_late_success is told of later', async () => {
    const { orderId } = await ordered();
    const started = await pay(orderId, { method: 'card_late_success' });
    expect(started).toMatchObject({ status: 201, body: { status: 'processing', captured: eur(0) } });
    expectShape(started.body, payment);
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
    shop.putForward(LATE_MS + 1);
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.status === 'confirmed')).body.paymentStatus).toBe('paid');
  });

  it('is one at a time: a second request gets the live one', async () => {
    const { orderId } = await ordered();
    const first = await pay(orderId, { method: 'card_redirect' });
    const second = await pay(orderId, { method: 'card_ok' });
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await ada.client.get(`/orders/${orderId}/payments`)).body.data).toHaveLength(1);
    const canceled = await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' });
    expect([200, 202]).toContain(canceled.status);
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.compensating === false)).body).toMatchObject({ status: 'canceled', paymentStatus: 'voided' });
    const page = await answerPage(first.body.nextAction.url, 'approve');
    expect(page.status).toBe(409);
  });

  it('is refused for another amount, another order, and what is no payment', async () => {
    const { orderId } = await ordered();
    for (const amount of [eur(4999), eur(5001), { amount: 5000, currency: 'USD' }, eur(0)]) expect(problemIn(await pay(orderId, { amount }))).toMatchObject({ code: 'amount_mismatch', expected: eur(5000), given: amount });
    expect(problemIn(await ada.client.post(`/orders/${orderId}/payments`, { amount: eur(5000), method: 'card_ok' })).code).toBe('idempotency_key_required');
    for (const [more, place] of [
      [{ amount: 5000 }, '/amount'], [{ amount: { amount: 5000 } }, '/amount/currency'], [{ amount: eur(-1) }, '/amount/amount'], [{ amount: eur(50.5) }, '/amount/amount'], [{ amount: { amount: 5000, currency: 'eur' } }, '/amount/currency'],
      [{ method: 'card_of_my_uncle' }, '/method'], [{ method: '' }, '/method'], [{ method: 1 }, '/method'],
      [{ returnUrl: 'javascript:alert(1)' }, '/returnUrl'], [{ returnUrl: '/back' }, '/returnUrl'], [{ returnUrl: 'http://user:pass@shop.example/' }, '/returnUrl'], [{ returnUrl: 'http://a;b/' }, '/returnUrl'], [{ card: '4242' }, '/card'],
    ] as const) expect(faultyPlaces(await pay(orderId, more))).toEqual([place]);
    expect(problemIn(await pay(randomUUID())).code).toBe('not_found');
    expect((await ada.client.get(`/orders/${orderId}/payments`)).body.data).toEqual([]);
    expect(await toldOf(orderId)).toEqual([]);
    await expecting(201, pay(orderId, { method: 'card_redirect', returnUrl: 'http://shop.example/zurück?a=ü' }));
  });

  it('is tried again with its key when the provider could not be reached', async () => {
    const { orderId } = await ordered();
    await expecting(200, provider.put('/sandbox/v1/chaos', { errorRate: 1 }));
    const key = randomUUID();
    const unreached = await pay(orderId, {}, key);
    expect(problemIn(unreached).code).toBe('gateway_unavailable');
    expect(unreached.headers.get('idempotent-replayed')).toBeNull();
    await expecting(200, provider.put('/sandbox/v1/chaos', {}));
    const again = await pay(orderId, {}, key);
    expect(again).toMatchObject({ status: 201, body: { status: 'captured' } });
    expect((await ada.client.get(`/orders/${orderId}/payments`)).body.data).toHaveLength(1);
    expect((await provider.get(`/sandbox/v1/intents?orderId=${orderId}`)).body.data).toHaveLength(1);
    const synced = async () => ada.client.post(`/payments/${again.body.paymentId as string}/sync`);
    expect((await synced()).status).toBe(200);
  });
});

describe('a refund', () => {
  it('that succeeds is answered with 201, and does not change the order\'s status', async () => {
    const { orderId, paymentId } = await paid();
    const first = await refundOf(paymentId, eur(2000));
    expect(first.status).toBe(201);
    expectShape(first.body, refund);
    expect(first.body).toMatchObject({ paymentId, amount: eur(2000), reason: 'broken', status: 'succeeded', attempts: 1 });
    const after = await eventually(() => orderOf(orderId), ({ body }) => body.paymentStatus === 'partially_refunded');
    expect(after.body.status).toBe('confirmed');
    await expecting(201, refundOf(paymentId, eur(3000)));
    expect((await eventually(() => orderOf(orderId), ({ body }) => body.paymentStatus === 'refunded')).body.status).toBe('confirmed');
    const shown = (await paymentOf(paymentId)).body;
    expectShape(shown, payment);
    expect(shown).toMatchObject({ status: 'captured', captured: eur(5000), refunded: eur(5000), refunds: [{ amount: eur(2000) }, { amount: eur(3000) }] });
    expect(problemIn(await refundOf(paymentId, eur(1)))).toMatchObject({ code: 'refund_exceeds_captured', captured: eur(5000), refunded: eur(5000), pending: eur(0) });
  });

  it('that fails is answered with 202, tried again, and in the end listed', async () => {
    const { orderId, paymentId } = await paid('card_refund_fails');
    const failed = await refundOf(paymentId, eur(5000));
    expect(failed.status).toBe(202);
    expectShape(failed.body, refund);
    expect(failed.body).toMatchObject({ status: 'failed', attempts: 1, reasonCode: expect.any(String) as string, nextAttemptAt: expect.any(String) as string });
    const { refundId } = failed.body as { refundId: string };
    const listed = async (status: string) => {
      const { body } = await shop.admin.get(`/admin/refunds?status=${status}&limit=100`);
      expectShape(body, pageOf(refund));
      return (body.data as { refundId: string; attempts: number }[]).find((one) => one.refundId === refundId);
    };
    expect(await listed('failed')).toEqual(failed.body);
    expect(await listed('succeeded')).toBeUndefined();
    shop.putForward(10_001);
    await eventually(() => listed('failed'), (found) => found?.attempts === 2);
    shop.putForward(60_001);
    const stuck = await eventually(() => listed('needs_attention'), (found) => found !== undefined);
    expect(stuck).toMatchObject({ attempts: 3 });
    expect(stuck).not.toHaveProperty('nextAttemptAt');
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', compensating: true });
    expect((await paymentOf(paymentId)).body).toMatchObject({ refunded: eur(0), refunds: [{ refundId, status: 'needs_attention' }] });
    const retried = await shop.admin.post(`/refunds/${refundId}/retry`);
    expect(retried.status).toBe(202);
    expectShape(retried.body, refund);
    expect(retried.body).toMatchObject({ refundId, attempts: 4 });
    expect(faultyPlaces(await shop.admin.get('/admin/refunds?status=lost'))).toEqual(['status']);
  });

  it('is refused for what was not captured, is no amount, or is no payment', async () => {
    const { paymentId } = await paid();
    for (const amount of [eur(0), eur(-1), eur(1.5), { amount: '1', currency: 'EUR' }]) expect(faultyPlaces(await refundOf(paymentId, amount))).toEqual(['/amount/amount']);
    expect(faultyPlaces(await refundOf(paymentId, 5))).toEqual(['/amount']);
    expect(faultyPlaces(await shop.admin.post(`/payments/${paymentId}/refunds`, { amount: eur(1), reason: 'r'.repeat(501) }, { key: randomUUID() }))).toEqual(['/reason']);
    expect(problemIn(await refundOf(paymentId, { amount: 1, currency: 'USD' })).code).toBe('currency_mismatch');
    expect(problemIn(await refundOf(paymentId, eur(5001)))).toMatchObject({ code: 'refund_exceeds_captured', captured: eur(5000) });
    expect(problemIn(await shop.admin.post(`/payments/${paymentId}/refunds`, { amount: eur(1), reason: 'r' })).code).toBe('idempotency_key_required');
    expect(problemIn(await refundOf(randomUUID(), eur(1))).code).toBe('not_found');
    expect(problemIn(await shop.admin.post(`/refunds/${randomUUID()}/retry`)).code).toBe('not_found');
    const { refundId } = await expecting(201, refundOf(paymentId, eur(1)));
    expect(problemIn(await shop.admin.post(`/refunds/${refundId}/retry`))).toMatchObject({ code: 'invalid_transition', from: 'succeeded', allowed: [] });
    const unpaid = await ordered();
    const { paymentId: live } = await expecting(201, pay(unpaid.orderId, { method: 'card_redirect' }));
    expect(problemIn(await refundOf(live, eur(1)))).toMatchObject({ code: 'refund_exceeds_captured', captured: eur(0), refunded: eur(0), pending: eur(0) });
  });
});

describe('a webhook of the provider', () => {
  const signed = (body: string, { id = `msg_${randomUUID()}`, at = Math.floor(shop.now() / 1000), key = SECRET } = {}) => ({
    'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`,
  });
  const send = (body: string, headers: Record<string, string>) => shop.client.post('/webhooks/sandbox', body, { headers });
  const about = async (paymentId: string, more: object = {}, type = 'intent.captured') => {
    const { data } = (await provider.get(`/sandbox/v1/intents?orderId=${(await paymentOf(paymentId)).body.orderId as string}`)).body;
    return JSON.stringify({ type, timestamp: new Date(shop.now()).toISOString(), data: { ...data[0], ...more } });
  };

  it('is acknowledged with 202 however often it comes, and has one effect', async () => {
    const { orderId, paymentId } = await paid('card_redirect');
    const body = await about(paymentId, { status: 'captured', captured: 5000 });
    const headers = signed(body);
    await Promise.all(Array.from({ length: 5 }, async () => expect((await send(body, headers)).status).toBe(202)));
    expect((await send(body, headers)).status).toBe(202);
    await eventually(() => orderOf(orderId), ({ body: { paymentStatus } }) => paymentStatus !== 'none');
    expect(await toldOf(orderId)).not.toContain('payment-failed');
  });

  it('that is not signed, too old, changed or of another provider is refused', async () => {
    const body = '{"type":"intent.captured","timestamp":"2030-01-01T12:00:00.000Z","data":{}}';
    for (const headers of [{}, signed(`${body} `), signed(body, { key: Buffer.alloc(24, 8) }), signed(body, { at: Math.floor(shop.now() / 1000) - 3600 }), { ...signed(body), 'webhook-id': 'other' }, { ...signed(body), 'webhook-signature': 'v1,' }])
      expect(problemIn(await send(body, headers)).code).toBe('invalid_signature');
    expect(problemIn(await shop.client.post('/webhooks/nobody', body, { headers: signed(body) })).code).toBe('not_found');
  });

  it('with an amount that is not what is owed confirms nothing', async () => {
    const { orderId, paymentId } = await paid('card_redirect');
    const body = await about(paymentId, { status: 'captured', captured: 1, amount: 1 });
    expect((await send(body, signed(body))).status).toBe(202);
    const listed = await eventually(() => shop.admin.get('/admin/payment-mismatches'), ({ body: { data } }) => (data as { paymentId: string }[]).some((one) => one.paymentId === paymentId));
    expect(listed.body.data[0]).toMatchObject({ paymentId, expected: eur(5000), given: eur(1) });
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
  });
});

describe('money that comes too late', () => {
  it('goes back by itself, and the customer is told', async () => {
    const { orderId } = await ordered();
    const { paymentId } = await expecting(201, pay(orderId, { method: 'card_late_success' }));
    expect((await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' })).status).toBe(202);
    shop.putForward(LATE_MS + 1);
    const ended = await eventually(() => orderOf(orderId), ({ body }) => body.compensating === false);
    expect(ended.body).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released' });
    expect((await paymentOf(paymentId)).body).toMatchObject({ status: 'captured', captured: eur(5000), refunded: eur(5000), refunds: [{ status: 'succeeded' }] });
    expect((await toldOf(orderId)).toSorted()).toEqual(['order-canceled', 'payment-returned']);
  });
});
