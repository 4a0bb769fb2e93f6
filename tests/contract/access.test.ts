import { randomUUID } from 'node:crypto';
import { ADDRESS, type Answer, eventually, expecting, newProduct, payFor, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { type IdentityProvider, startIdentityProvider } from './identity-provider';
import { nameOf, pathTo, type Route, ROUTES } from './routes';

let issuer: IdentityProvider;
let shop: ShopInProcess;
let customer: ShopClient;
let admin: ShopClient;
let ops: ShopClient;

beforeAll(async () => {
  issuer = await startIdentityProvider();
  shop = await startShopInProcess({ ...issuer.settings, WEBHOOK_ALLOW_PRIVATE: 'on' });
  customer = shop.client.as(await issuer.token());
  admin = shop.client.as(await issuer.token({ roles: ['admin'] }));
  ops = shop.client.as(await issuer.token({ roles: ['ops'] }));
});
afterAll(async () => {
  await shop.close();
  await issuer.close();
});

const call = (client: ShopClient, route: Route, path = pathTo(route)): Promise<Answer> =>
  client.request(route.method, path, { ...(route.body === undefined ? {} : { body: route.body }), ...(route.needsKey ? { key: randomUUID() } : {}) });
const named = (routes: readonly Route[]): [string, Route][] => routes.map((route) => [nameOf(route), route]);
const finite = ROUTES.filter(({ streams }) => streams !== true);

const problem = ({ status, body, headers }: Answer) => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status, type: expect.any(String), title: expect.any(String) });
  return { status, code: body.code as string };
};

describe('a route', () => {
  it.each(named(ROUTES.filter(({ who }) => who !== 'anyone' && who !== 'gateway')))('%s needs a token', async (_, route) => {
    const answer = await call(shop.client, route);
    expect(problem(answer)).toEqual({ status: 401, code: 'unauthenticated' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each(named(ROUTES.filter(({ who }) => who === 'admin')))('%s is open to admins, not to customers and not to operators', async (_, route) => {
    for (const other of [customer, ops]) expect(problem(await call(other, route))).toEqual({ status: 403, code: 'forbidden' });
    expect([401, 403]).not.toContain((await call(admin, route)).status);
  });

  it.each(named(ROUTES.filter(({ who }) => who === 'ops')))('%s is open to operators, not to customers and not to admins', async (_, route) => {
    for (const other of [customer, admin]) expect(problem(await call(other, route))).toEqual({ status: 403, code: 'forbidden' });
    expect((await call(ops, route)).status).toBe(200);
  });

  it.each(named(finite.filter(({ who }) => who === 'customer')))('%s is open to whoever is signed in', async (_, route) => {
    for (const roles of [[], ['admin'], ['ops'], ['admin', 'ops', 'other']]) expect([401, 403]).not.toContain((await call(shop.client.as(await issuer.token({ roles })), route)).status);
  });

  it.each(named(finite.filter(({ who }) => who === 'anyone')))('%s is open to anyone', async (_, route) => {
    const { status, body } = await call(shop.client, route);
    expect(status).not.toBe(403);
    if (status === 401) expect([route.path, body.code]).toEqual(['/sessions', 'unauthenticated']);
  });

  it('of the payment provider wants its signature', async () =>
    expect(problem(await admin.post('/webhooks/sandbox', {}))).toEqual({ status: 401, code: 'invalid_signature' }));
});

describe('a token', () => {
  it.each<[string, () => Promise<string>]>([
    ['that has expired', () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['that is not valid yet', () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['of another issuer', () => issuer.token({ iss: 'https://evil.example.com' })],
    ['for another audience', () => issuer.token({ aud: 'another-shop' })],
    ['signed with another key', () => issuer.forged({ roles: ['admin'] })],
    ['of an unknown key', () => issuer.token({}, { kid: 'k2' })],
    ['without a subject', () => issuer.token({ sub: '' })],
    ['with roles in text', () => issuer.token({ roles: 'admin' as unknown as string[] })],
    ['without a signature', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await issuer.token()).split('.')[1] ?? ''}.`],
    ['changed on the way', async () => (await issuer.token()).replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x","exp":9999999999}').toString('base64url')}.`)],
    ['of the shop itself, beside a foreign issuer', async () => shop.admin.token ?? ''],
    ['that is none', async () => 'nonsense'],
  ])('%s opens nothing', async (_, token) => {
    const stranger = shop.client.as(await token());
    for (const path of ['/me', '/cart', '/admin/orders', '/events', '/products']) {
      const answer = await stranger.get(path);
      expect(problem(answer)).toEqual({ status: 401, code: 'unauthenticated' });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('of another issuer makes its subject a customer', async () => {
    const subject = `auth0|${randomUUID().slice(0, 8)}`;
    const bob = shop.client.as(await issuer.token({ sub: subject }));
    const tea = await newProduct(admin);
    const { addressId } = await expecting(201, bob.post('/me/addresses', ADDRESS));
    await expecting(200, bob.post('/cart/items', { productId: tea, quantity: 1 }));
    const placed = await expecting(201, bob.post('/orders', { addressId }, { key: randomUUID() }));
    expect(placed).toMatchObject({ customerId: subject });
    await expecting(201, payFor({ client: bob, customerId: subject, addressId, email: '', password: '' }, placed));
    const listed = await expecting(200, admin.get(`/admin/orders?customerId=${encodeURIComponent(subject)}`));
    expect(listed.data).toMatchObject([{ orderId: placed.orderId, customerId: subject }]);
    expect((await expecting(200, bob.get('/me'))).customerId).toBe(subject);
  });
});

describe('what belongs to somebody else', () => {
  it('is answered like what does not exist', async () => {
    const [ada, eve] = await Promise.all([issuer.token(), issuer.token()]).then(([a, b]) => [shop.client.as(a), shop.client.as(b)] as const);
    const tea = await newProduct(admin);
    const { addressId } = await expecting(201, ada.post('/me/addresses', ADDRESS));
    await expecting(200, ada.post('/cart/items', { productId: tea, quantity: 1 }));
    const { orderId, total } = await expecting(201, ada.post('/orders', { addressId }, { key: randomUUID() }));
    const { paymentId } = await expecting(201, ada.post(`/orders/${orderId}/payments`, { amount: total, method: 'card_redirect' }, { key: randomUUID() }));
    await eventually(() => ada.get(`/orders/${orderId}/payments`), ({ body }) => body.data.length === 1);

    const attempts: [method: string, path: (id: string) => string, id: string, body?: unknown][] = [
      ['GET', (id) => `/me/addresses/${id}`, addressId],
      ['PUT', (id) => `/me/addresses/${id}`, addressId, ADDRESS],
      ['DELETE', (id) => `/me/addresses/${id}`, addressId],
      ['GET', (id) => `/orders/${id}`, orderId],
      ['GET', (id) => `/orders/${id}?revision=0`, orderId],
      ['GET', (id) => `/orders/${id}/timeline`, orderId],
      ['GET', (id) => `/orders/${id}/stream`, orderId],
      ['GET', (id) => `/orders/${id}/payments`, orderId],
      ['POST', (id) => `/orders/${id}/cancel`, orderId, { reason: 'not mine' }],
      ['POST', (id) => `/orders/${id}/payments`, orderId, { amount: total, method: 'card_ok' }],
      ['GET', (id) => `/payments/${id}`, paymentId],
      ['POST', (id) => `/payments/${id}/sync`, paymentId],
    ];
    for (const stranger of [eve, ops])
      for (const [method, path, id, body] of attempts) {
        const ask = (one: string) => stranger.request(method, path(one), { ...(body === undefined ? {} : { body }), key: randomUUID() });
        const [theirs, missing] = [await ask(id), await ask(randomUUID())];
        expect([method, path('id'), problem(theirs)]).toEqual([method, path('id'), { status: 404, code: 'not_found' }]);
        expect(theirs.body).toEqual(missing.body);
        expect(theirs.headers.get('etag')).toBeNull();
      }
    const stolen = await eve.post('/orders', { addressId }, { key: randomUUID() });
    const invented = await eve.post('/orders', { addressId: paymentId }, { key: randomUUID() });
    for (const { body, status } of [stolen, invented]) expect([status, body.code]).toEqual([422, 'address_not_found']);
    expect(stolen.body).toEqual({ ...invented.body, addressId });
    expect((await ada.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'pending', paymentStatus: 'pending' });
  });

  it('is open to admins where the owner\'s is, and payable only by its owner', async () => {
    const ada = shop.client.as(await issuer.token());
    const tea = await newProduct(admin);
    const { addressId } = await expecting(201, ada.post('/me/addresses', ADDRESS));
    await expecting(200, ada.post('/cart/items', { productId: tea, quantity: 1 }));
    const { orderId, total } = await expecting(201, ada.post('/orders', { addressId }, { key: randomUUID() }));
    expect((await admin.post(`/orders/${orderId}/payments`, { amount: total, method: 'card_ok' }, { key: randomUUID() })).status).toBe(404);
    const { paymentId } = await expecting(201, ada.post(`/orders/${orderId}/payments`, { amount: total, method: 'card_ok' }, { key: randomUUID() }));
    for (const path of [`/orders/${orderId}`, `/orders/${orderId}/timeline`, `/orders/${orderId}/payments`, `/payments/${paymentId}`]) await expecting(200, admin.get(path));
    await expecting(200, admin.post(`/payments/${paymentId}/sync`));
    expect([200, 202]).toContain((await admin.post(`/orders/${orderId}/cancel`, { reason: 'out of business' })).status);
  });

  it('cannot be looked at as it was by its owner: that is for admins', async () => {
    const ada = shop.client.as(await issuer.token());
    const tea = await newProduct(admin);
    const { addressId } = await expecting(201, ada.post('/me/addresses', ADDRESS));
    await expecting(200, ada.post('/cart/items', { productId: tea, quantity: 1 }));
    const { orderId } = await expecting(201, ada.post('/orders', { addressId }, { key: randomUUID() }));
    for (const query of ['revision=0', `at=${new Date().toISOString()}`]) expect(problem(await ada.get(`/orders/${orderId}?${query}`))).toEqual({ status: 403, code: 'forbidden' });
  });
});

describe('a method', () => {
  const methodsByPath = Map.groupBy(ROUTES, ({ path }) => path);

  it.each([...methodsByPath].map(([path, routes]) => [path, routes] as const))('that %s does not have is not allowed', async (path, routes) => {
    const here = routes.map(({ method }) => method as string);
    const allowed = [...here, ...(here.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !here.includes(one))) {
      const answer = await shop.client.request(method, pathTo({ path }));
      expect([method, problem(answer)]).toEqual([method, { status: 405, code: 'method_not_allowed' }]);
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(allowed);
    }
    const options = await shop.client.request('OPTIONS', pathTo({ path }));
    expect([options.status, options.headers.get('allow')?.split(', ').sort()]).toEqual([204, allowed]);
  });

  it('HEAD is answered like GET, without its body', async () => {
    for (const path of ['/products', '/health/live']) {
      const [head, get] = [await shop.client.request('HEAD', path), await shop.client.get(path)];
      expect([head.status, head.body]).toEqual([200, undefined]);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
  });

  it.each(['/v1', '/v1/', '/v1/nothing', '/v1/cart/', '/v1/orders/x/y/z', '/v1/v1/cart', '/v1//cart', '/v2/cart'])('on the path %s, which does not exist, is not found', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await fetch(`${shop.client.url}${path}`, { method });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not_found']);
    }
  });
});
