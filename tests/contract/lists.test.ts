import { randomUUID } from 'node:crypto';
import { ADDRESS, type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces } from './problem';
import { atLeast, expectShape, matching, optional, text, time, uuid } from './shape';

const MANY = 5;

interface Collection {
  readonly client: ShopClient;
  readonly path: string;
  /** What was made, the newest first unless the collection is said to be otherwise. */
  readonly ids: readonly string[];
  readonly idOf: (element: Readonly<Record<string, unknown>>) => unknown;
}

let shop: ShopInProcess;
let ada: Customer;
let collections: Readonly<Record<string, Collection>>;

const repeated = async <T>(make: (n: number) => Promise<T>): Promise<T[]> => {
  const made: T[] = [];
  for (let n = 0; n < MANY; n++) made.unshift(await make(n));
  return made;
};

/** Five of everything that the shop lists. */
async function five(): Promise<Record<string, Collection>> {
  const { admin } = shop;
  const word = `w${randomUUID().slice(0, 8)}`;
  const products = await repeated((n) => newProduct(admin, { productId: `${word}-${n}`, stock: 0 }));
  const addresses = (await repeated(() => expecting(201, ada.client.post('/me/addresses', ADDRESS)))).map(({ addressId }) => String(addressId));
  const endpoints = (await repeated(() => expecting(201, admin.post('/admin/webhook-endpoints', { url: 'http://127.0.0.1:9/', types: ['order-expired'] })))).map(({ endpointId }) => String(endpointId));
  const told = (await expecting(201, admin.post('/admin/webhook-endpoints', { url: 'http://127.0.0.1:9/', types: ['order-confirmed'] }))).endpointId as string;
  const tea = await newProduct(admin, { stock: 100 });
  const orders = (await repeated(() => placeOrder(ada, tea))).map(({ body }) => body as { orderId: string; total: object });
  const [first] = orders;
  if (first === undefined) throw new Error('no order was placed');
  for (let n = 0; n < MANY - 1; n++) await expecting(402, payFor(ada, first, 'card_declined'));
  const payments: string[] = [];
  for (const order of orders) payments.unshift(String((await expecting(201, payFor(ada, order))).paymentId));
  const refunds: string[] = [];
  for (const paymentId of payments) refunds.unshift(String((await expecting(201, admin.post(`/payments/${paymentId}/refunds`, { amount: { amount: 10, currency: 'EUR' }, reason: 'r' }, { key: randomUUID() }))).refundId));
  const short = await repeated(async () => {
    const productId = await newProduct(admin, { stock: 1 });
    await expecting(201, placeOrder(ada, productId));
    await expecting(201, admin.post(`/products/${productId}/stock-adjustments`, { setTo: 0, reason: 'broken' }));
    return productId;
  });
  await eventually(() => admin.get(`/admin/webhook-endpoints/${told}/deliveries`), ({ body }) => body.data.length === MANY);
  await eventually(() => admin.get('/admin/shortfalls'), ({ body }) => body.data.length === MANY);
  const read = async (client: ShopClient, path: string) => (await expecting(200, client.get(path))).data as Readonly<Record<string, unknown>>[];
  const asRead = async (client: ShopClient, path: string, field: string): Promise<Collection> => ({
    client, path, ids: (await read(client, `${path}?limit=100`)).map((element) => String(element[field])), idOf: (element) => String(element[field]),
  });
  return {
    products: { client: shop.client, path: `/products?q=${word}`, ids: products, idOf: ({ productId }) => productId },
    addresses: { client: ada.client, path: '/me/addresses', ids: [...addresses, ada.addressId], idOf: ({ addressId }) => addressId },
    endpoints: { client: admin, path: '/admin/webhook-endpoints', ids: [told, ...endpoints], idOf: ({ endpointId }) => endpointId },
    deliveries: await asRead(admin, `/admin/webhook-endpoints/${told}/deliveries`, 'deliveryId'),
    orders: { client: ada.client, path: '/orders?status=confirmed', ids: orders.map(({ orderId }) => orderId), idOf: ({ orderId }) => orderId },
    'all orders': { client: admin, path: `/admin/orders?status=confirmed&customerId=${ada.customerId}`, ids: orders.map(({ orderId }) => orderId), idOf: ({ orderId }) => orderId },
    'payments of an order': await asRead(ada.client, `/orders/${first.orderId}/payments`, 'paymentId'),
    refunds: { client: admin, path: '/admin/refunds?status=succeeded', ids: refunds, idOf: ({ refundId }) => refundId },
    shortfalls: { client: admin, path: '/admin/shortfalls', ids: short, idOf: ({ productId }) => productId },
    movements: await asRead(admin, `/products/${tea}/stock-movements`, 'revision'),
    notices: await asRead(ada.client, '/me/notices', 'noticeId'),
    timeline: await asRead(ada.client, `/orders/${first.orderId}/timeline`, 'eventId'),
  };
}

beforeAll(async () => {
  shop = await startShopInProcess({ WEBHOOK_ALLOW_PRIVATE: 'on' });
  ada = await newCustomer(shop.client);
  collections = await five();
});
afterAll(() => shop.close());

function of(name: string): Collection {
  const found = collections[name];
  if (found === undefined) throw new Error(`${name} is no list`);
  return found;
}
const asking = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

const NAMES = ['products', 'addresses', 'endpoints', 'deliveries', 'orders', 'all orders', 'payments of an order', 'refunds', 'shortfalls', 'movements', 'notices', 'timeline'];

describe.each(NAMES)('the list of %s', (name) => {
  it('is paged without a gap and without a repeat, in its order', async () => {
    const { client, path, ids, idOf } = of(name);
    expect(ids.length).toBeGreaterThanOrEqual(MANY);
    for (const limit of [1, 2, 100]) {
      const seen: unknown[] = [];
      for (let next: string | null | undefined; next !== null; ) {
        const { status, body } = await client.get(asking(path, `limit=${limit}${next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`}`));
        expect([name, status, Object.keys(body).sort(), Object.keys(body.page)]).toEqual([name, 200, ['data', 'page'], ['next']]);
        expect(body.data.length).toBeLessThanOrEqual(limit);
        seen.push(...(body.data as Record<string, unknown>[]).map(idOf).map(String));
        next = body.page.next as string | null;
      }
      expect([name, limit, seen]).toEqual([name, limit, ids]);
    }
  });

  it('takes a limit of 1 to 100, and its own cursors', async () => {
    const { client, path } = of(name);
    for (const limit of ['0', '101', '-1', '1.5', 'ten', '', '1e1', '0x10', '9'.repeat(30), '1&limit=2']) expect([name, limit, faultyPlaces(await client.get(asking(path, `limit=${limit}`)))]).toEqual([name, limit, ['limit']]);
    const other = of(name === 'orders' ? 'products' : 'orders');
    const foreign = (await other.client.get(asking(other.path, 'limit=1'))).body.page.next as string;
    for (const cursor of ['', 'x', '%00', 'null', Buffer.from('[1,2,3]').toString('base64url'), Buffer.from('{}').toString('base64url'), 'x'.repeat(3000), foreign, `${foreign}&cursor=${foreign}`])
      expect([name, cursor, faultyPlaces(await client.get(asking(path, `cursor=${cursor}`)))]).toEqual([name, cursor, ['cursor']]);
    expect(faultyPlaces(await client.get(asking(path, 'limit=0&cursor=x')))).toEqual(['limit', 'cursor']);
    expect((await client.get(asking(path, 'unknown=1&__proto__=2'))).status).toBe(200);
  });
});

describe('the elements', () => {
  const first = async (name: string) => ((await of(name).client.get(of(name).path)).body.data as Record<string, unknown>[])[0];

  it('of shortfalls say what is missing', async () =>
    expectShape(await first('shortfalls'), { productId: text, onHand: atLeast(0), held: atLeast(0), committed: atLeast(0), available: (value) => Number(value) < 0, shortfall: atLeast(1), since: time }));

  it('of endpoints do not tell the secret', async () =>
    expectShape(await first('endpoints'), { endpointId: uuid, url: matching(/^http/), types: [text], registeredAt: time }));

  it('of deliveries tell how they went', async () =>
    expectShape(await first('deliveries'), {
      deliveryId: uuid, endpointId: uuid, eventId: uuid, type: text, status: matching(/^(pending|succeeded|failed)$/), scheduledAt: time, attempts: atLeast(0), responseStatus: optional(atLeast(100)), reason: optional(text), nextAttemptAt: optional(time),
    }));

  it('of notices are of their customer', async () => {
    const eve = await newCustomer(shop.client);
    expect((await expecting(200, eve.client.get('/me/notices'))).data).toEqual([]);
    expect(await first('notices')).toMatchObject({ noticeId: expect.any(String), type: expect.stringMatching(/^[a-z-]+$/), orderId: expect.any(String), time: expect.any(String) });
  });
});

describe('a search of products', () => {
  it('is for text given once', async () => {
    expect(faultyPlaces(await shop.client.get('/products?q=a&q=b'))).toEqual(['q']);
    for (const q of ['%00', '%ff', 'a%c3', '%c0%80', '%ed%a0%80', '%f4%90%80%80']) expect([q, faultyPlaces(await shop.client.get(`/products?q=${q}`))]).toEqual([q, ['q']]);
    expect((await shop.client.get('/products?q=tea&other=%ff&%fe=1')).status).toBe(200);
    for (const q of ['', '%20', '%25', '_', "'", '"', '*', '(', 'OR', 'a AND', '%F0%9F%8D%B5', '-x', 'a*', '100%', '%zz', 'a+b', '^', ':', '{}', 'NEAR(a b)']) expect([q, (await shop.client.get(`/products?q=${q}`)).status]).toEqual([q, 200]);
  });
});
