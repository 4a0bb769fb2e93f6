import { eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type Customer } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const CHAOS = { delayMs: 0, duplicate: 0, drop: 0, reorder: 0, errorRate: 0, hangRate: 0 };

let shop: ShopInProcess;
let productId: string;
let customer: Customer;
beforeAll(async () => {
  shop = await startShopInProcess({ SANDBOX_KEY: 'sk_races', SANDBOX_LATE_MS: '300', REFUND_RETRY: 'PT1S,PT1S' });
  productId = await newProduct(shop.admin, { stock: 1_000 });
  customer = await newCustomer(shop.client);
});
afterAll(() => shop.close());

const provider = () => shop.client.as('sk_races');
const chaos = (settings: Partial<typeof CHAOS>) => expecting(200, provider().request('PUT', '/sandbox/v1/chaos', { body: { ...CHAOS, ...settings } }));
afterEach(() => chaos({}));

const place = async () => expecting(201, placeOrder(customer, productId));
const orderOf = async (orderId: string) => expecting(200, customer.client.get(`/orders/${orderId}`));
const paymentsOf = async (orderId: string) => (await expecting(200, customer.client.get(`/orders/${orderId}/payments`))).data;
const intentsOf = async (orderId: string) => (await expecting(200, provider().get(`/sandbox/v1/intents?orderId=${orderId}`))).data;
const answer = async (url: string, outcome: 'approve' | 'decline') =>
  expect((await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' })).status).toBe(303);

it('R1: money captured after the order was canceled goes back in full, and the order stays canceled', async () => {
  const order = await place();
  await expecting(201, payFor(customer, order, 'card_late_success'));
  const canceled = await customer.client.post(`/orders/${order.orderId}/cancel`, { reason: 'too slow' });
  expect([canceled.body.status, canceled.status]).toEqual(['canceled', canceled.body.compensating ? 202 : 200]);
  const ended = await eventually(() => orderOf(order.orderId), ({ compensating }) => compensating === false);
  expect(ended).toMatchObject({ status: 'canceled', paymentStatus: 'refunded' });
  expect(await intentsOf(order.orderId)).toMatchObject([{ status: 'captured', captured: 1_000, refunded: 1_000 }]);
  const notices = await expecting(200, customer.client.get('/me/notices'));
  expect(notices.data.filter(({ orderId }: { orderId: string }) => orderId === order.orderId).map(({ type }: { type: string }) => type)).toContain('payment-returned');
});

it('R2: canceling while the customer is at the provider voids the payment', async () => {
  const order = await place();
  const payment = await expecting(201, payFor(customer, order, 'card_redirect'));
  await customer.client.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' });
  const ended = await eventually(() => orderOf(order.orderId), ({ compensating }) => compensating === false);
  expect(ended).toMatchObject({ status: 'canceled', paymentStatus: 'voided', stockStatus: 'released' });
  expect(await intentsOf(order.orderId)).toMatchObject([{ status: 'canceled', captured: 0 }]);
  await answer(payment.nextAction.url, 'approve').catch(() => undefined);
  expect(await intentsOf(order.orderId)).toMatchObject([{ status: 'canceled', captured: 0 }]);
});

it('R2: cancel and approval at the same time end in a void, or in a capture that goes back', async () => {
  for (let i = 0; i < 5; i++) {
    const order = await place();
    const { nextAction } = await expecting(201, payFor(customer, order, 'card_redirect'));
    await Promise.all([
      fetch(nextAction.url, { method: 'POST', body: new URLSearchParams({ outcome: 'approve' }), redirect: 'manual' }),
      customer.client.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' }),
    ]);
    const ended = await eventually(() => orderOf(order.orderId), ({ compensating, status }) => compensating === false && status === 'canceled');
    const [intent] = await intentsOf(order.orderId);
    expect([ended.paymentStatus, intent.captured - intent.refunded]).toEqual([intent.captured > 0 ? 'refunded' : 'voided', 0]);
  }
});

it('R4, R5: doubled webhooks and many browsers make one capture', async () => {
  await chaos({ duplicate: 1, reorder: 0.5 });
  const order = await place();
  const { paymentId, nextAction } = await expecting(201, payFor(customer, order, 'card_redirect'));
  await answer(nextAction.url, 'approve');
  const synced = await Promise.all(Array.from({ length: 8 }, () => customer.client.post(`/payments/${paymentId}/sync`)));
  for (const { status, body } of synced) expect([status, body.status]).toEqual([200, 'captured']);
  await eventually(() => orderOf(order.orderId), ({ status }) => status === 'confirmed');
  const { data } = await expecting(200, customer.client.get(`/orders/${order.orderId}/timeline`));
  expect(data.filter(({ type }: { type: string }) => type === 'payment-captured' || type === 'tillroll.payment.payment-captured.v1')).toHaveLength(1);
});

it('R9: a declined payment leaves the order payable, and a retry pays it', async () => {
  const order = await place();
  const declined = await payFor(customer, order, 'card_declined');
  expect(declined).toMatchObject({ status: 402, body: { code: 'payment_declined', reasonCode: 'card_declined', retryable: true, options: ['retry', 'cancel'] } });
  expect(await orderOf(order.orderId)).toMatchObject({ status: 'pending', paymentStatus: 'failed', stockStatus: 'held' });
  await expecting(201, payFor(customer, order, 'card_ok'));
  expect(await orderOf(order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect((await paymentsOf(order.orderId)).map(({ status }: { status: string }) => status)).toEqual(['captured', 'failed']);
});

it('R10: two tabs that pay one order have one live attempt', async () => {
  const order = await place();
  const tabs = await Promise.all(Array.from({ length: 4 }, () => payFor(customer, order, 'card_redirect')));
  expect(tabs.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  expect(new Set(tabs.map(({ body }) => body.paymentId)).size).toBe(1);
  expect(await intentsOf(order.orderId)).toHaveLength(1);
});

it('authorised money is captured when the order is shipped', async () => {
  const order = await place();
  expect(await payFor(customer, order, 'card_authorize')).toMatchObject({ status: 201, body: { status: 'authorized' } });
  expect(await orderOf(order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
  await eventually(() => orderOf(order.orderId), ({ stockStatus }) => stockStatus === 'committed');
  for (const to of ['processing', 'shipped']) await expecting(200, shop.admin.post(`/orders/${order.orderId}/transitions`, { to }));
  await eventually(() => orderOf(order.orderId), ({ paymentStatus }) => paymentStatus === 'paid');
  expect(await intentsOf(order.orderId)).toMatchObject([{ status: 'captured', captured: 1_000 }]);
});

it('authorised money is given back when the order is canceled', async () => {
  const order = await place();
  await expecting(201, payFor(customer, order, 'card_authorize'));
  await customer.client.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' });
  const ended = await eventually(() => orderOf(order.orderId), ({ compensating }) => compensating === false);
  expect(ended).toMatchObject({ status: 'canceled', paymentStatus: 'voided' });
});

it('R17: a refund that fails is retried, then needs attention, and the order keeps showing the money held', async () => {
  const order = await place();
  const { paymentId } = await expecting(201, payFor(customer, order, 'card_refund_fails'));
  const refund = await expecting(202, shop.admin.post(`/payments/${paymentId}/refunds`, { amount: { amount: 400, currency: 'EUR' }, reason: 'broken' }, { key: `k-${paymentId}` }));
  const listed = await eventually(
    async () => (await expecting(200, shop.admin.get('/admin/refunds?status=needs_attention'))).data.find(({ refundId }: { refundId: string }) => refundId === refund.refundId),
    (found) => found !== undefined,
  );
  expect(listed).toMatchObject({ paymentId, attempts: 3, status: 'needs_attention' });
  expect(await orderOf(order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
});

it('R18: of two admins who refund at once, one gets 409', async () => {
  const order = await place();
  const { paymentId } = await expecting(201, payFor(customer, order));
  const refund = (n: number) => shop.admin.post(`/payments/${paymentId}/refunds`, { amount: { amount: 600, currency: 'EUR' }, reason: 'broken' }, { key: `k-${n}-${paymentId}` });
  const answers = await Promise.all([refund(1), refund(2)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  await eventually(() => orderOf(order.orderId), ({ paymentStatus }) => paymentStatus === 'partially_refunded');
});

it('a provider that fails, also after taking effect, is asked again until it answers; one intent, one capture', async () => {
  const order = await place();
  await chaos({ errorRate: 1 });
  const unavailable = await payFor(customer, order, 'card_ok', 'the-same-key');
  expect(unavailable).toMatchObject({ status: 503, body: { code: 'gateway_unavailable' } });
  await chaos({});
  await eventually(() => payFor(customer, order, 'card_ok', 'the-same-key'), ({ status }) => status !== 503, 60_000);
  expect(await orderOf(order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect(await intentsOf(order.orderId)).toMatchObject([{ status: 'captured' }]);
}, 90_000);
