import { Provider, type Misbehaviour } from '../support/provider';
import { happeningsTo, noticesOf, orderOf, stockOf } from '../support/shop-books';
import { ADMIN, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const MINUTE = 60_000;

describe('a payment provider that misbehaves', () => {
  let shop: ShopInProcess;
  let admin: ShopClient;
  let provider: Provider;
  let customer: Customer;
  let productId: string;

  beforeAll(async () => {
    shop = await startShopInProcess({ SANDBOX_LATE_MS: '50' });
    provider = new Provider(shop.client);
    customer = await newCustomer(shop.client);
    productId = await newProduct(shop.admin, { stock: 500 });
  });
  beforeEach(async () => {
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    customer = { ...customer, client: await shop.client.signIn(customer.email, customer.password) };
  });
  afterEach(() => provider.behave());
  afterAll(() => shop.close());

  const placed = (): Promise<Answer['body']> => expecting(201, placeOrder(customer, productId));
  const cancel = (orderId: string) => customer.client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' });

  /** Whatever the shop waits for comes: an order is paid or ended, and what was taken for an ended one is back. */
  async function endsRight(orderId: string): Promise<Answer['body']> {
    const isOver = ({ status, compensating, stockStatus }: Answer['body']) => (status === 'confirmed' ? stockStatus === 'committed' : status !== 'pending' && compensating === false);
    for (let minutes = 0; minutes < 10; minutes++) {
      const order = await eventually(() => orderOf(customer.client, orderId), isOver, 1_500).catch(() => undefined);
      if (order !== undefined) return order;
      shop.putForward(2 * MINUTE);
    }
    throw new Error(`order ${orderId} is stuck: ${JSON.stringify(await orderOf(customer.client, orderId))}`);
  }

  async function booksAgree(orderId: string): Promise<void> {
    const order = await endsRight(orderId);
    const intents = await provider.intentsOf(orderId);
    const money = intents.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    expect([order.status, money]).toEqual(order.status === 'confirmed' ? ['confirmed', 1_000] : ['canceled', 0]);
    for (const count of Object.values(await noticesOf(customer, orderId))) expect(count).toBe(1);
    const { 'payment-captured': captures = 0 } = await happeningsTo(admin, orderId);
    expect(captures).toBe(intents.filter(({ captured }) => captured > 0).length);
  }

  async function stockAgrees(): Promise<void> {
    const { data } = await expecting(200, admin.get(`/admin/orders?customerId=${customer.customerId}&status=confirmed&limit=100`));
    await eventually(() => stockOf(admin, productId), ({ held, committed }) => held === 0 && committed === data.length);
  }

  const bothKinds: readonly (readonly [name: string, how: Misbehaviour])[] = [
    ['answers 500, before or after taking effect', { errorRate: 1 }],
    ['never answers, before or after taking effect', { hangRate: 1 }],
  ];

  it.each(bothKinds)('that %s: the caller is told, the same key goes on, and there is one payment', async (_name, how) => {
    const orders = [await placed(), await placed(), await placed(), await placed()];
    await provider.misbehave(how);
    const unavailable = await Promise.all(orders.map((order) => payFor(customer, order, 'card_ok', 'the-key')));
    for (const { status, body, headers } of unavailable) expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'gateway_unavailable', expect.any(String)]);
    await provider.behave();
    for (const order of orders) {
      await endsRight(order.orderId);
      expect(await payFor(customer, order, 'card_ok', 'the-key')).toMatchObject({ status: 201, body: { status: 'captured' } });
      expect(await provider.intentsOf(order.orderId)).toHaveLength(1);
      await booksAgree(order.orderId);
    }
    await stockAgrees();
  });

  it.each(bothKinds)('that %s, when it is asked to pay back: the money goes back once', async (_name, how) => {
    const orders = [await placed(), await placed(), await placed(), await placed()];
    for (const order of orders) await expecting(201, payFor(customer, order, 'card_ok'));
    await provider.misbehave(how);
    const canceled = await Promise.all(orders.map(({ orderId }) => cancel(orderId)));
    for (const answer of canceled) expect(answer).toMatchObject({ status: 202, body: { status: 'canceled', paymentStatus: 'paid', compensating: true } });
    await provider.behave();
    for (const { orderId } of orders) {
      await booksAgree(orderId);
      expect(await provider.intentsOf(orderId)).toMatchObject([{ captured: 1_000, refunded: 1_000 }]);
    }
    await stockAgrees();
  });

  it('whose webhooks come twice, late, in any order or never, and whose calls fail now and then: everything ends right', async () => {
    await provider.misbehave({ errorRate: 0.3, hangRate: 0.05, duplicate: 0.5, drop: 0.3, reorder: 0.5, delayMs: 40 });
    const methods = ['card_ok', 'card_redirect', 'card_authorize', 'card_late_success', 'card_declined'];
    const orders: Answer['body'][] = [];
    for (let i = 0; i < 15; i++) orders.push(await placed());
    const going = orders.map(async (order, i) => {
      const method = methods[i % methods.length] ?? 'card_ok';
      const { body } = await payFor(customer, order, method, 'the-key');
      if (body.nextAction !== undefined) await provider.answer(new URL(body.nextAction.url as string).pathname.split('/').at(-1) ?? '', 'approve');
      if (i % 4 === 3) await cancel(order.orderId);
    });
    await Promise.all(going);
    await provider.behave();
    shop.putForward(2 * MINUTE);

    for (const { orderId } of orders) {
      const { status, paymentStatus } = await orderOf(customer.client, orderId);
      if (status === 'pending' && paymentStatus !== 'none')
        for (const { id, status: intentStatus } of await provider.intentsOf(orderId)) if (intentStatus === 'requires_action') await provider.answer(id, 'approve');
    }
    for (const order of orders) {
      const paid = await eventually(
        async () => {
          const { status } = await orderOf(customer.client, order.orderId);
          return status === 'pending' ? payFor(customer, order, 'card_ok') : undefined;
        },
        (answer) => answer === undefined || answer.status === 201 || answer.status === 200 || answer.body.code === 'order_not_payable',
      );
      if (paid?.status === 200) shop.putForward(2 * MINUTE);
      const ended = await endsRight(order.orderId);
      expect(['confirmed', 'canceled']).toContain(ended.status);
      const intents = await provider.intentsOf(order.orderId);
      const money = intents.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
      const isReserved = ended.paymentStatus === 'authorized';
      expect([order.orderId, money]).toEqual([order.orderId, ended.status === 'confirmed' && !isReserved ? 1_000 : 0]);
      for (const [type, count] of Object.entries(await noticesOf(customer, order.orderId))) if (type !== 'payment-failed') expect([type, count]).toEqual([type, 1]);
    }
    await stockAgrees();
    const ready = await expecting(200, shop.client.get('/health/ready'));
    for (const consumer of ready.parts['event-bus'].consumers) expect(consumer).toMatchObject({ parkedSubjects: 0 });
  });
});
