import { type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { openEventSource } from './event-source';

interface Notice {
  readonly noticeId: string;
  readonly type: string;
  readonly orderId: string;
}

describe('notices', () => {
  let shop: ShopInProcess;
  let ada: Customer;
  let tea: string;

  beforeAll(async () => {
    shop = await startShopInProcess();
    tea = await newProduct(shop.admin, { stock: 1000 });
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    ada = await newCustomer(shop.client);
  });

  const notices = async (client = ada.client): Promise<readonly Notice[]> => ((await expecting(200, client.get('/me/notices'))) as { data: readonly Notice[] }).data;
  const noticesOnce = (count: number) => eventually(() => notices(), ({ length }) => length === count);
  const place = async () => (await placeOrder(ada, tea)).body as { orderId: string; total: unknown };
  const advance = (orderId: string, to: string, more = {}) => expecting(200, shop.admin.post(`/orders/${orderId}/transitions`, { to, ...more }));

  it('tell the customer of each step, newest first', async () => {
    const order = await place();
    await payFor(ada, order, 'card_declined');
    await expecting(201, payFor(ada, order));
    await noticesOnce(2);
    await advance(order.orderId, 'processing');
    await advance(order.orderId, 'shipped', { tracking: 'XY-1' });
    await advance(order.orderId, 'delivered');
    const told = await noticesOnce(5);
    expect(told.map(({ type }) => type)).toEqual(['order-delivered', 'order-shipped', 'order-processing', 'order-confirmed', 'payment-failed']);
    expect(told[1]).toMatchObject({ orderId: order.orderId, tracking: 'XY-1' });
    expect(told[3]).toMatchObject({ amount: order.total, paymentStatus: 'paid' });
    expect(told[4]).toMatchObject({ reasonCode: 'card_declined', options: ['retry', 'cancel'] });
    expect(Object.keys(told[0] ?? {}).sort()).toEqual(['noticeId', 'orderId', 'time', 'type']);
    expect(await notices((await newCustomer(shop.client)).client)).toEqual([]);
  });

  it('come in pages', async () => {
    const orders = [await place(), await place(), await place()];
    for (const { orderId } of orders) await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'too many' });
    const all = await noticesOnce(3);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { data, page } = (await expecting(200, ada.client.get(`/me/notices?limit=1${cursor}`))) as { data: Notice[]; page: { next: string | null } };
      seen.push(...data.map(({ noticeId }) => noticeId));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(all.map(({ noticeId }) => noticeId));
  });

  it('come live, and a reader that was away resumes without a gap', async () => {
    const before = await place();
    await expecting(201, payFor(ada, before));
    await noticesOnce(1);
    const live = await openEventSource(ada.client, '/me/notices/stream');
    await advance(before.orderId, 'processing');
    const first = await live.next();
    expect(first).toMatchObject({ event: 'order-processing', data: { type: 'order-processing', orderId: before.orderId } });
    live.close();
    await advance(before.orderId, 'shipped');
    const resumed = await openEventSource(ada.client, '/me/notices/stream', first.id);
    await advance(before.orderId, 'delivered');
    expect([(await resumed.next()).event, (await resumed.next()).event]).toEqual(['order-shipped', 'order-delivered']);
    resumed.close();
    const fromTheStart = await openEventSource(ada.client, '/me/notices/stream', '0');
    const all = [await fromTheStart.next(), await fromTheStart.next(), await fromTheStart.next(), await fromTheStart.next()];
    fromTheStart.close();
    expect(all.map(({ data }) => data)).toEqual((await notices()).toReversed());
  });

  it('come live to their customer only', async () => {
    const eve = await newCustomer(shop.client);
    const [hers, adas] = [await openEventSource(eve.client, '/me/notices/stream'), await openEventSource(ada.client, '/me/notices/stream')];
    const [order, evesOrder] = [await place(), (await placeOrder(eve, tea)).body as { orderId: string }];
    await ada.client.post(`/orders/${order.orderId}/cancel`, { reason: 'no' });
    await eve.client.post(`/orders/${evesOrder.orderId}/cancel`, { reason: 'no' });
    expect((await hers.next()).data).toMatchObject({ orderId: evesOrder.orderId });
    expect((await adas.next()).data).toMatchObject({ orderId: order.orderId });
    hers.close();
    adas.close();
  });

  it('refuse what is no place in the stream, and strangers', async () => {
    expect(await ada.client.get('/me/notices/stream', { headers: { 'last-event-id': 'yesterday' } })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await shop.client.get('/me/notices/stream')).status).toBe(401);
  });
});
