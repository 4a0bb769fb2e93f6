import { randomUUID } from 'node:crypto';
import { ADDRESS, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, PRICE, ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces, problemIn } from './problem';
import { nameOf, pathTo, ROUTES, WRITES } from './routes';

const WEEK_MS = 7 * 24 * 3_600_000;

let shop: ShopInProcess;
let ada: Customer;
let eve: Customer;

beforeAll(async () => {
  shop = await startShopInProcess({ WEBHOOK_ALLOW_PRIVATE: 'on' });
  [ada, eve] = await Promise.all([newCustomer(shop.client), newCustomer(shop.client)]);
});
afterAll(() => shop.close());

interface Write {
  readonly client: ShopClient;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly otherBody: object;
}

const send = ({ client, method, path, body }: Write, key: string, as: ShopClient = client): Promise<Answer> => as.request(method, path, { key, ...(body === undefined ? {} : { body }) });

/** One good request to every write route of a signed-in caller. */
async function allWrites(): Promise<readonly (readonly [string, Write])[]> {
  const { client } = ada;
  const { admin } = shop;
  const [tea, mug] = [await newProduct(admin), await newProduct(admin)];
  const order = async (): Promise<{ orderId: string; total: object }> => {
    await expecting(200, client.post('/cart/items', { productId: tea, quantity: 1 }));
    return expecting(201, client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() })) as Promise<{ orderId: string; total: object }>;
  };
  const pay = async ({ orderId, total }: { orderId: string; total: object }, method = 'card_ok') =>
    ((await expecting(201, client.post(`/orders/${orderId}/payments`, { amount: total, method }, { key: randomUUID() }))) as { paymentId: string }).paymentId;
  const [toPay, toCancel, toAdvance, toRefund, toRetry] = [await order(), await order(), await order(), await order(), await order()];
  await pay(toAdvance);
  const [paid, stuck] = [await pay(toRefund), await pay(toRetry, 'card_refund_fails')];
  const { refundId } = await expecting(202, admin.post(`/payments/${stuck}/refunds`, { amount: toRetry.total, reason: 'r' }, { key: randomUUID() }));
  const [toChange, toRemove] = [await expecting(201, client.post('/me/addresses', ADDRESS)), await expecting(201, client.post('/me/addresses', ADDRESS))];
  const { endpointId } = await expecting(201, admin.post('/admin/webhook-endpoints', { url: 'http://127.0.0.1:9/', types: ['order-confirmed'] }));
  await pay(await order());
  const { body } = await eventually(() => admin.get(`/admin/webhook-endpoints/${endpointId}/deliveries`), ({ body: { data } }) => data.length > 0);
  for (const productId of [tea, mug]) await expecting(200, client.post('/cart/items', { productId, quantity: 1 }));
  return [
    ['POST /me/addresses', { client, method: 'POST', path: '/me/addresses', body: ADDRESS, otherBody: { ...ADDRESS, city: 'Bath' } }],
    ['PUT /me/addresses/{id}', { client, method: 'PUT', path: `/me/addresses/${toChange.addressId}`, body: { ...ADDRESS, city: 'York' }, otherBody: ADDRESS }],
    ['DELETE /me/addresses/{id}', { client, method: 'DELETE', path: `/me/addresses/${toRemove.addressId}`, otherBody: {} }],
    ['POST /products', { client: admin, method: 'POST', path: '/products', body: { productId: `p-${randomUUID()}`, name: 'New', price: PRICE }, otherBody: { productId: 'x', name: 'x', price: PRICE } }],
    ['PATCH /products/{productId}', { client: admin, method: 'PATCH', path: `/products/${tea}`, body: { name: 'Newer' }, otherBody: { name: 'Newest' } }],
    ['POST /products/{productId}/stock-adjustments', { client: admin, method: 'POST', path: `/products/${tea}/stock-adjustments`, body: { delta: 1, reason: 'r' }, otherBody: { delta: 2, reason: 'r' } }],
    ['POST /cart/items', { client, method: 'POST', path: '/cart/items', body: { productId: tea, quantity: 2 }, otherBody: { productId: tea, quantity: 3 } }],
    ['PATCH /cart/items/{productId}', { client, method: 'PATCH', path: `/cart/items/${tea}`, body: { quantity: 2 }, otherBody: { quantity: 3 } }],
    ['DELETE /cart/items/{productId}', { client, method: 'DELETE', path: `/cart/items/${mug}`, otherBody: {} }],
    ['POST /orders', { client, method: 'POST', path: '/orders', body: { addressId: ada.addressId }, otherBody: { addressId: toChange.addressId } }],
    ['POST /orders/{id}/cancel', { client, method: 'POST', path: `/orders/${toCancel.orderId}/cancel`, body: { reason: 'r' }, otherBody: { reason: 's' } }],
    ['POST /orders/{id}/transitions', { client: admin, method: 'POST', path: `/orders/${toAdvance.orderId}/transitions`, body: { to: 'processing' }, otherBody: { to: 'shipped' } }],
    ['POST /orders/{id}/payments', { client, method: 'POST', path: `/orders/${toPay.orderId}/payments`, body: { amount: toPay.total, method: 'card_ok' }, otherBody: { amount: toPay.total, method: 'card_redirect' } }],
    ['POST /payments/{id}/sync', { client, method: 'POST', path: `/payments/${paid}/sync`, otherBody: {} }],
    ['POST /payments/{id}/refunds', { client: admin, method: 'POST', path: `/payments/${paid}/refunds`, body: { amount: PRICE, reason: 'r' }, otherBody: { amount: PRICE, reason: 's' } }],
    ['POST /refunds/{id}/retry', { client: admin, method: 'POST', path: `/refunds/${String(refundId)}/retry`, otherBody: {} }],
    ['POST /admin/webhook-endpoints', { client: admin, method: 'POST', path: '/admin/webhook-endpoints', body: { url: 'http://127.0.0.1:9/', types: ['order-confirmed'] }, otherBody: { url: 'http://127.0.0.1:9/', types: ['order-shipped'] } }],
    ['POST /admin/webhook-endpoints/{id}/deliveries/{id}/retry', { client: admin, method: 'POST', path: `/admin/webhook-endpoints/${String(endpointId)}/deliveries/${String(body.data[0].deliveryId)}/retry`, otherBody: {} }],
    ['DELETE /admin/webhook-endpoints/{id}', { client: admin, method: 'DELETE', path: `/admin/webhook-endpoints/${String(endpointId)}`, otherBody: {} }],
    ['DELETE /cart/items', { client, method: 'DELETE', path: '/cart/items', otherBody: {} }],
  ];
}

const KEPT = ['etag', 'location', 'content-type'];
const keptHeaders = ({ headers }: Answer) => KEPT.map((name) => headers.get(name));

describe('an idempotency key', () => {
  it('is honoured on every write of a signed-in caller', async () => {
    const writes = await allWrites();
    const without = new Set(['POST /accounts', 'POST /sessions', 'DELETE /me', 'POST /cart/check', 'POST /webhooks/{provider}']);
    expect(writes.map(([name]) => name).toSorted()).toEqual(WRITES.map(nameOf).filter((name) => !without.has(name)).toSorted());
    for (const [name, write] of writes) {
      const key = randomUUID();
      const first = await send(write, key);
      expect([name, first.status < 300, first.headers.get('idempotent-replayed')]).toEqual([name, true, null]);
      expect([name, first.headers.get('consistency-token')]).toEqual([name, expect.any(String)]);
      const again = await send(write, key);
      expect([name, again.status, again.headers.get('idempotent-replayed'), again.body, keptHeaders(again)]).toEqual([name, first.status, 'true', first.body, keptHeaders(first)]);
      expect([name, again.headers.get('consistency-token')]).toEqual([name, expect.any(String)]);
      const reused = await send({ ...write, body: write.otherBody }, key);
      if (write.body !== undefined) expect([name, problemIn(reused).code]).toEqual([name, 'idempotency_key_reused']);
    }
  });

  it('is of its caller, method and path', async () => {
    const key = randomUUID();
    const tea = await newProduct(shop.admin);
    const write: Write = { client: ada.client, method: 'POST', path: '/cart/items', body: { productId: tea, quantity: 1 }, otherBody: {} };
    expect((await send(write, key)).status).toBe(200);
    const ofEve = await send(write, key, eve.client);
    expect([ofEve.status, ofEve.headers.get('idempotent-replayed'), ofEve.body.lines.length]).toEqual([200, null, 1]);
    const otherPath = await ada.client.patch(`/cart/items/${tea}`, { quantity: 4 }, { key });
    expect([otherPath.status, otherPath.headers.get('idempotent-replayed')]).toEqual([200, null]);
    const otherMethod = await ada.client.delete(`/cart/items/${tea}`, { key });
    expect([otherMethod.status, otherMethod.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('does not mind how the same body is written', async () => {
    const key = randomUUID();
    const tea = await newProduct(shop.admin);
    await expecting(200, ada.client.post('/cart/items', { productId: tea, quantity: 1 }, { key }));
    const again = await ada.client.post('/cart/items', ` {"quantity":1 ,\n"productId":"${tea}"}`, { key });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });

  it('is required where the table says so, and well-formed everywhere', async () => {
    for (const route of ROUTES.filter(({ needsKey }) => needsKey === true)) {
      const client = route.who === 'admin' ? shop.admin : ada.client;
      expect([nameOf(route), problemIn(await client.request(route.method, pathTo(route), { body: route.body })).code]).toEqual([nameOf(route), 'idempotency_key_required']);
      expect(problemIn(await client.request(route.method, pathTo(route), { body: {} })).code).toBe('idempotency_key_required');
      expect(problemIn(await client.request(route.method, pathTo(route), { body: route.body, key: '' })).code).toBe('idempotency_key_required');
    }
    for (const key of ['k'.repeat(256), 'zoë', 'a\tb']) expect(faultyPlaces(await ada.client.delete('/cart/items', { key }))).toEqual(['Idempotency-Key']);
    for (const key of ['k', ' ~!"#'.trim(), 'k'.repeat(255)]) await expecting(200, ada.client.delete('/cart/items', { key }));
  });

  it('keeps refusals of the command, and no refusal of before it', async () => {
    const empty: Write = { client: eve.client, method: 'PATCH', path: '/cart/items/nothing', body: { quantity: 1 }, otherBody: {} };
    const key = randomUUID();
    const refused = await send(empty, key);
    expect(problemIn(refused).code).toBe('item_not_in_cart');
    const again = await send(empty, key);
    expect([again.status, again.body, again.headers.get('idempotent-replayed'), again.headers.get('content-type')]).toEqual([404, refused.body, 'true', refused.headers.get('content-type')]);

    const early = randomUUID();
    expect(faultyPlaces(await ada.client.post('/me/addresses', {}, { key: early })).length).toBe(5);
    expect(problemIn(await shop.client.post('/me/addresses', ADDRESS, { key: early })).code).toBe('unauthenticated');
    expect(problemIn(await ada.client.post('/me/addresses', ADDRESS, { key: early, headers: { 'content-type': 'text/plain' } })).code).toBe('unsupported_media_type');
    expect(problemIn(await ada.client.post('/me/addresses', { ...ADDRESS, name: 'x'.repeat(110_000) }, { key: early })).code).toBe('payload_too_large');
    const taken = await ada.client.post('/me/addresses', ADDRESS, { key: early });
    expect([taken.status, taken.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect(problemIn(await ada.client.post('/products', { productId: 'x', name: 'x', price: PRICE }, { key: early })).code).toBe('forbidden');
    expect(problemIn(await ada.client.post('/products', { productId: 'y', name: 'x', price: PRICE }, { key: early })).code).toBe('forbidden');
  });

  it('keeps a declined card, and the order that was rejected', async () => {
    await expecting(200, eve.client.post('/cart/items', { productId: await newProduct(shop.admin), quantity: 1 }));
    const { orderId, total } = await expecting(201, eve.client.post('/orders', { addressId: eve.addressId }, { key: randomUUID() }));
    const key = randomUUID();
    const declined = await eve.client.post(`/orders/${orderId}/payments`, { amount: total, method: 'card_declined' }, { key });
    expect(problemIn(declined).code).toBe('payment_declined');
    const again = await eve.client.post(`/orders/${orderId}/payments`, { amount: total, method: 'card_declined' }, { key });
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([402, declined.body, 'true']);
    expect((await eve.client.get(`/orders/${orderId}/payments`)).body.data).toHaveLength(1);
  });

  it('lets one of many at once through, and tells the others to wait or gives them its answer', async () => {
    const write: Write = { client: ada.client, method: 'POST', path: '/me/addresses', body: { ...ADDRESS, line1: randomUUID() }, otherBody: {} };
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(write, key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(new Set(made.map(({ body }) => body.addressId as string)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(problemIn(answer).code).toBe('idempotency_in_flight');
    expect((await send(write, key)).headers.get('idempotent-replayed')).toBe('true');
  });

  it('is kept for seven days, through a restart', async () => {
    const key = randomUUID();
    const write: Write = { client: ada.client, method: 'POST', path: '/me/addresses', body: ADDRESS, otherBody: {} };
    const first = await send(write, key);
    shop = await shop.restart();
    [ada, eve] = [ada, eve].map((one) => ({ ...one, client: new ShopClient(shop.client.url, one.client.token) })) as [Customer, Customer];
    const again = await send({ ...write, client: ada.client }, key);
    expect([again.status, again.body, again.headers.get('idempotent-replayed'), keptHeaders(again)]).toEqual([201, first.body, 'true', keptHeaders(first)]);
    shop.putForward(WEEK_MS - 60_000);
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
    expect((await send({ ...write, client: ada.client }, key)).headers.get('idempotent-replayed')).toBe('true');
    eve = { ...eve, client: await shop.client.signIn(eve.email, eve.password) };
  });
});

describe('a consistency token', () => {
  const tokenOf = ({ headers }: Answer): string => headers.get('consistency-token') ?? 'none';
  const withToken = (token: string) => ({ headers: { 'consistency-token': token } });
  const reads = () => ROUTES.filter(({ method, streams }) => method === 'GET' && streams !== true);

  it('comes with every write, also with one that is refused, and with no read', async () => {
    const admin = await shop.client.signIn('admin@example.com', 'correct horse battery staple');
    for (const route of WRITES.filter(({ path, method }) => path !== '/cart/check' && !(method === 'DELETE' && path === '/me'))) {
      const answer = await admin.request(route.method, pathTo(route), { key: randomUUID(), ...(route.body === undefined ? {} : { body: route.body }) });
      expect([nameOf(route), answer.headers.get('consistency-token')]).toEqual([nameOf(route), expect.stringMatching(/./)]);
    }
    for (const route of reads()) expect([nameOf(route), (await admin.request('GET', pathTo(route))).headers.get('consistency-token')]).toEqual([nameOf(route), null]);
  });

  it('makes every read at least as new as the write', async () => {
    const admin = await shop.client.signIn('admin@example.com', 'correct horse battery staple');
    const productId = await newProduct(admin);
    for (let n = 1; n <= 10; n++) {
      const token = tokenOf(await admin.patch(`/products/${productId}`, { name: `Name ${n}` }));
      const [shown, listed] = await Promise.all([shop.client.get(`/products/${productId}`, withToken(token)), shop.client.get('/products?limit=1', withToken(token))]);
      expect([shown.body.name, listed.body.data[0].name]).toEqual([`Name ${n}`, `Name ${n}`]);
    }
    await expecting(200, ada.client.post('/cart/items', { productId, quantity: 1 }));
    const placed = await ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() });
    const read = (path: string, client = ada.client) => client.get(path, withToken(tokenOf(placed)));
    expect((await read('/orders?limit=1')).body.data[0]).toEqual(placed.body);
    expect((await read('/admin/orders?limit=1', admin)).body.data[0]).toEqual(placed.body);
    expect((await read(`/products/${productId}/stock`, admin)).body).toMatchObject({ held: 1 });
    const paid = await ada.client.post(`/orders/${placed.body.orderId as string}/payments`, { amount: placed.body.total, method: 'card_ok' }, { key: randomUUID() });
    expect((await ada.client.get('/me/notices?limit=1', withToken(tokenOf(paid)))).body.data[0]).toMatchObject({ type: 'order-confirmed', orderId: placed.body.orderId });
  });

  it('comes with refused writes that wrote', async () => {
    const admin = await shop.client.signIn('admin@example.com', 'correct horse battery staple');
    const productId = await newProduct(admin, { stock: 1 });
    await expecting(200, ada.client.delete('/cart/items'));
    await expecting(200, ada.client.post('/cart/items', { productId, quantity: 1 }));
    await expecting(201, admin.post(`/products/${productId}/stock-adjustments`, { setTo: 0, reason: 'gone' }));
    const refused = await ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() });
    expect(problemIn(refused).code).toBe('insufficient_stock');
    const { body } = await ada.client.get('/orders?status=rejected&limit=1', withToken(tokenOf(refused)));
    expect(body.data[0]).toMatchObject({ orderId: refused.body.orderId, status: 'rejected' });
  });

  it('that this shop never issued is a fault of the request, on every read', async () => {
    const admin = await shop.client.signIn('admin@example.com', 'correct horse battery staple');
    const good = tokenOf(await admin.delete('/cart/items'));
    const last = good.at(-1) === 'A' ? 'B' : 'A';
    for (const token of ['x', '0', '12345', `${good.slice(0, -1)}${last}`, `${good}x`, good.toLowerCase(), 'AAAAAAAAAAAAAAAAAAAA', `${good}, ${good}`, 'x'.repeat(5000)])
      expect([token, faultyPlaces(await ada.client.get('/orders', withToken(token)))]).toEqual([token, ['Consistency-Token']]);
    for (const route of ROUTES.filter(({ method }) => method === 'GET')) {
      const answer = await admin.request('GET', pathTo(route), withToken('x'));
      expect([nameOf(route), faultyPlaces(answer)]).toEqual([nameOf(route), ['Consistency-Token']]);
    }
    expect(faultyPlaces(await ada.client.post('/cart/check', undefined, withToken('x')))).toEqual(['Consistency-Token']);
  });
});
