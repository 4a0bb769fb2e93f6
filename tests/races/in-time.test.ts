import { randomUUID } from 'node:crypto';
import type { GatewayIntent } from '@tillroll/payment/gateway/port';
import { paymentType } from '@tillroll/payment/payment-types';
import { AGGREGATES, type Aggregates } from '@tillroll/processing';
import { Provider } from '../support/provider';
import { endedOrder, happeningsTo, noticesOf, orderOf, stockOf } from '../support/shop-books';
import { ADMIN, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const MINUTE = 60_000;
const LATE_MS = 20 * MINUTE;

describe('races against time', () => {
  let shop: ShopInProcess;
  let admin: ShopClient;
  let provider: Provider;
  let ada: Customer;
  let productId: string;

  beforeAll(async () => {
    shop = await startShopInProcess({ PAYMENT_WINDOW: 'PT40M', SANDBOX_LATE_MS: String(LATE_MS) });
    provider = new Provider(shop.client);
    ada = await newCustomer(shop.client);
    productId = await newProduct(shop.admin, { stock: 500 });
  });
  beforeEach(async () => {
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
  });
  afterEach(() => provider.behave());
  afterAll(() => shop.close());

  const placed = (): Promise<Answer['body']> => expecting(201, placeOrder(ada, productId));
  const seen = (orderId: string) => orderOf(ada.client, orderId);
  const held = async (): Promise<number> => (await stockOf(admin, productId)).held;

  it('R1: money captured after the order expired: refunded in full, told; the order stays expired', async () => {
    const order = await placed();
    shop.putForward(25 * MINUTE);
    await expecting(201, payFor(ada, order, 'card_late_success'));
    shop.putForward(15 * MINUTE);
    await eventually(() => seen(order.orderId), ({ status }) => status === 'expired');
    expect(await provider.intentsOf(order.orderId)).toMatchObject([{ status: 'processing', captured: 0 }]);
    shop.putForward(5 * MINUTE);
    await eventually(() => provider.intentsOf(order.orderId), ([intent]) => intent?.captured === 1_000);
    expect(await eventually(() => seen(order.orderId), ({ paymentStatus }) => paymentStatus === 'refunded')).toMatchObject({ status: 'expired', stockStatus: 'released', compensating: false });
    expect(await provider.intentsOf(order.orderId)).toMatchObject([{ captured: 1_000, refunded: 1_000 }]);
    expect(await noticesOf(ada, order.orderId)).toEqual({ 'order-expired': 1, 'payment-returned': 1 });
  });

  it('R2: cancel while the provider has not even answered: whatever it did by then comes back', async () => {
    const orders = [await placed(), await placed(), await placed(), await placed()];
    await provider.misbehave({ errorRate: 1 });
    const paying = orders.map((order) => payFor(ada, order, 'card_ok'));
    await eventually(() => Promise.all(orders.map(({ orderId }) => seen(orderId))), (present) => present.every(({ paymentStatus }) => paymentStatus === 'pending'));
    const canceled = await Promise.all(orders.map(({ orderId }) => ada.client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' })));
    for (const { status, body } of canceled) expect([status, body.status, body.compensating]).toEqual([202, 'canceled', true]);
    await provider.behave();
    for (const { status, body } of await Promise.all(paying)) expect(['order_not_payable', 'voided', 'captured']).toContain(status === 201 ? body.status : body.code);
    for (const { orderId } of orders) {
      const ended = await endedInTime(orderId);
      const [intent, ...others] = await provider.intentsOf(orderId);
      expect(others).toEqual([]);
      expect([ended.paymentStatus, intent?.captured ?? 0]).toEqual(intent === undefined ? ['voided', 0] : ['refunded', intent.refunded]);
    }
  });

  /** Lets the time pass in which the provider is asked again. */
  async function endedInTime(orderId: string): Promise<Answer['body']> {
    for (let turn = 0; turn < 10; turn++) {
      const order = await eventually(() => seen(orderId), ({ compensating }) => compensating === false, 500).catch(() => undefined);
      if (order !== undefined) return order;
      shop.putForward(MINUTE / 4);
    }
    throw new Error(`order ${orderId} is stuck: ${JSON.stringify(await seen(orderId))}`);
  }

  it('R7: the webhook never comes: the provider is asked', async () => {
    await provider.misbehave({ drop: 1 });
    const order = await placed();
    const { paymentId } = await expecting(201, payFor(ada, order, 'card_redirect'));
    const [intent] = await provider.intentsOf(order.orderId);
    expect(await provider.answer(intent?.id ?? '', 'approve')).toBe(303);
    expect(await seen(order.orderId)).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
    shop.putForward(1 * MINUTE);
    await eventually(() => seen(order.orderId), ({ status }) => status === 'confirmed');
    expect(await happeningsTo(admin, order.orderId)).toMatchObject({ 'payment-captured': 1 });
    expect(await expecting(200, ada.client.get(`/payments/${paymentId}`))).toMatchObject({ status: 'captured' });
  });

  it('R7: and asked again after 5 and 30 minutes', async () => {
    await provider.misbehave({ drop: 1 });
    const order = await placed();
    await expecting(201, payFor(ada, order, 'card_late_success'));
    for (const minutes of [1, 4]) {
      shop.putForward(minutes * MINUTE);
      expect(await seen(order.orderId)).toMatchObject({ paymentStatus: 'pending' });
    }
    shop.putForward(25 * MINUTE);
    await eventually(() => seen(order.orderId), ({ status }) => status === 'confirmed');
    expect(await provider.intentsOf(order.orderId)).toMatchObject([{ captured: 1_000, refunded: 0 }]);
  });

  it('R9: a declined order keeps its stock until the window ends, and not longer', async () => {
    const before = await held();
    const order = await placed();
    expect((await payFor(ada, order, 'card_declined')).status).toBe(402);
    shop.putForward(39 * MINUTE);
    expect(await seen(order.orderId)).toMatchObject({ status: 'pending', stockStatus: 'held' });
    expect(await held()).toBe(before + 1);
    shop.putForward(1 * MINUTE);
    expect(await endedOrder(ada.client, order.orderId)).toMatchObject({ status: 'expired', paymentStatus: 'failed', stockStatus: 'released' });
    await eventually(held, (now) => now === before);
  });

  it('R10: two captures after all: the later one is refunded', async () => {
    const order = await placed();
    const first = await expecting(201, payFor(ada, order, 'card_redirect'));
    const [intent] = await provider.intentsOf(order.orderId);
    await theProviderErrs(first.paymentId, { reference: intent?.id ?? '', orderId: order.orderId, amount: order.total });
    await eventually(() => seen(order.orderId), ({ paymentStatus }) => paymentStatus === 'failed');
    const second = await expecting(201, payFor(ada, order, 'card_ok'));
    await eventually(() => seen(order.orderId), ({ status }) => status === 'confirmed');

    expect(await provider.answer(intent?.id ?? '', 'approve')).toBe(303);
    await eventually(() => provider.intentsOf(order.orderId), (intents) => intents.some(({ refunded }) => refunded === 1_000));
    const intents = await provider.intentsOf(order.orderId);
    expect(intents.find(({ paymentId }) => paymentId === first.paymentId)).toMatchObject({ captured: 1_000, refunded: 1_000 });
    expect(intents.find(({ paymentId }) => paymentId === second.paymentId)).toMatchObject({ captured: 1_000, refunded: 0 });
    await eventually(() => noticesOf(ada, order.orderId), (notices) => notices['payment-returned'] === 1);
    expect(await eventually(() => seen(order.orderId), ({ compensating }) => compensating === false)).toMatchObject({ status: 'confirmed' });
  });

  /** It says that an intent failed which it still offers to the customer. */
  async function theProviderErrs(paymentId: string, { reference, orderId, amount }: { reference: string; orderId: string; amount: GatewayIntent['amount'] }): Promise<void> {
    const nothing = { ...amount, amount: 0 };
    const intent: GatewayIntent = { reference, method: 'card_redirect', orderId, paymentId, amount, captured: nothing, refunded: nothing, status: 'failed', reasonCode: 'card_declined', retryable: true, time: new Date(shop.now()).toISOString() };
    const commandId = randomUUID();
    const cause = { commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' };
    await shop.app().get<Aggregates>(AGGREGATES).execute(paymentType, paymentId, { type: 'RecordGatewayOutcome', intent }, cause);
  }

  it('R15: expiry against a starting payment: each order ends paid or expired, and what was taken for an expired one comes back', async () => {
    const orders: Answer['body'][] = [];
    for (let i = 0; i < 8; i++) orders.push(await placed());
    const last = Math.max(...orders.map(({ expiresAt }) => Date.parse(expiresAt)));
    shop.putForward(last - shop.now() - 60);
    const paying = orders.map(async (order, i) => {
      await new Promise((resolve) => setTimeout(resolve, 15 * i));
      return payFor(ada, order, i % 2 === 0 ? 'card_ok' : 'card_redirect');
    });
    const answers = await Promise.all(paying);
    for (const { status, body } of answers) expect([200, 201, 'order_not_payable']).toContain(status === 409 ? body.code : status);
    shop.putForward(1_000);
    for (const { orderId } of orders) {
      const ended = await eventually(() => seen(orderId), ({ status, compensating, stockStatus }) => (status === 'confirmed' ? stockStatus === 'committed' : status === 'expired' && compensating === false));
      const money = (await provider.intentsOf(orderId)).reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
      expect([ended.status, money]).toEqual(ended.status === 'confirmed' ? ['confirmed', 1_000] : ['expired', 0]);
      expect(ended.stockStatus).toBe(ended.status === 'confirmed' ? 'committed' : 'released');
    }
  });

  it('R15: a payment that the provider did not answer in time: the order has expired, and that is the answer, unless the money came', async () => {
    const order = await placed();
    await provider.misbehave({ errorRate: 1 });
    shop.putForward(Date.parse(order.expiresAt) - shop.now() - 700);
    const paying = payFor(ada, order, 'card_ok');
    await eventually(() => seen(order.orderId), ({ status }) => status === 'expired');
    await provider.behave();
    const { status, body } = await paying;
    const [intent] = await provider.intentsOf(order.orderId);
    if (intent === undefined || status !== 201) expect([status, body]).toMatchObject([409, { code: 'order_not_payable', from: 'expired', allowed: [] }]);
    else expect(body.status).toBe('captured');
    expect(await endedInTime(order.orderId)).toMatchObject({ status: 'expired', paymentStatus: intent === undefined ? 'voided' : 'refunded' });
  });
});
