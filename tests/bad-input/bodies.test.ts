import { randomUUID } from 'node:crypto';
import { faultyPlaces, problemIn } from '../contract/problem';
import { nameOf, pathTo, type Route, WRITES } from '../contract/routes';
import { type Answer, type Customer, newCustomer, newProduct, PRICE, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { unwantedBodies, wrongBodies } from './mutations';

let shop: ShopInProcess;
let ada: Customer;

beforeAll(async () => {
  shop = await startShopInProcess({ WEBHOOK_ALLOW_PRIVATE: 'on' });
  ada = await newCustomer(shop.client);
  await newProduct(shop.admin, { productId: 'no-such-product' });
});
afterAll(() => shop.close());

const clientFor = ({ who }: Route): ShopClient => (who === 'anyone' ? shop.client : who === 'customer' ? ada.client : shop.admin);

async function send(route: Route, body: string | Buffer | undefined, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }): Promise<Answer> {
  const { url, token } = clientFor(route);
  const response = await fetch(`${url}/v1${pathTo(route)}`, {
    method: route.method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(route.needsKey === true ? { 'idempotency-key': randomUUID() } : {}) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Every write's answer tells how far the store has got. */
const head = async (): Promise<string> => (await send({ method: 'POST', path: '/me/addresses', who: 'customer' }, '{}')).headers.get('consistency-token') ?? 'none';

const withBody = WRITES.flatMap((route) => (route.body === undefined ? [] : [[nameOf(route), route, route.body] as const]));
const withoutBody = WRITES.filter(({ body, who, path }) => body === undefined && who !== 'gateway' && path !== '/me').map((route) => [nameOf(route), route] as const);

/** More than the table's example: every field that there is. */
const WHOLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'POST /me/addresses': { name: 'A', line1: 'B', line2: 'C', city: 'D', region: 'E', postalCode: 'F', country: 'GB', phone: 'G' },
  'POST /products': { productId: 'p', name: 'P', description: 'D', price: PRICE, purchaseLimit: { quantity: 1, days: 1 } },
  'PATCH /products/{productId}': { name: 'P', price: PRICE, onSale: true },
  'POST /orders': { addressId: '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43', expectedTotal: PRICE },
  'POST /orders/{id}/cancel': { reason: 'R', note: 'N' },
  'POST /orders/{id}/transitions': { to: 'processing', note: 'N', tracking: 'T' },
  'POST /orders/{id}/payments': { amount: PRICE, method: 'card_ok', returnUrl: 'http://127.0.0.1/' },
};

describe.each(withBody)('%s', (name, route, good) => {
  const bodies = wrongBodies(WHOLE[name] ?? good);
  let before: string;
  beforeAll(async () => {
    before = await head();
  });
  afterAll(async () => expect(await head()).toBe(before));

  it('names the place of each fault, and writes nothing', async () => {
    for (const { what, body, pointer } of bodies) {
      const answer = await send(route, body);
      const seen = answer.status === 400 ? faultyPlaces(answer) : [`${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`];
      expect([what, seen]).toEqual([what, expect.arrayContaining([pointer])]);
    }
  });

  it('names what is missing', async () => {
    const answer = await send(route, '{}');
    if (name !== 'PATCH /products/{productId}') for (const field of Object.keys(good).filter((one) => one !== 'delta')) expect(faultyPlaces(answer)).toContain(`/${field}`);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'application/vnd.api+json', 'application/json; charset=utf-16', 'application/jsonx', 'x', '*/*', ';'])('takes nothing but JSON: %s', async (type) => {
    const answer = await send(route, JSON.stringify(good), { 'content-type': type });
    expect(problemIn(answer).code).toBe('unsupported_media_type');
  });

  it('takes no body of an unknown or packed kind', async () => {
    expect(problemIn(await send(route, Buffer.from(JSON.stringify(good)), {})).code).toBe('unsupported_media_type');
    expect(problemIn(await send(route, JSON.stringify(good), { 'content-type': 'application/json', 'content-encoding': 'gzip' })).code).toBe('unsupported_media_type');
  });

  it('takes no body over 100 KiB', async () => {
    const huge = JSON.stringify({ ...good, more: 'x'.repeat(102_400) });
    expect(problemIn(await send(route, huge)).code).toBe('payload_too_large');
    const exactly = JSON.stringify({ ...good, more: 'x'.repeat(102_400 - JSON.stringify({ ...good, more: '' }).length) });
    expect(exactly).toHaveLength(102_400);
    expect(faultyPlaces(await send(route, exactly))).toEqual(['/more']);
  });
});

describe.each(withoutBody)('%s', (_, route) => {
  it('takes no body', async () => {
    const before = await head();
    for (const { what, body, pointer } of unwantedBodies) expect([what, faultyPlaces(await send(route, body))]).toEqual([what, [pointer]]);
    expect(problemIn(await send(route, 'x', { 'content-type': 'text/plain' })).code).toBe('unsupported_media_type');
    expect(problemIn(await send(route, JSON.stringify({ more: 'x'.repeat(102_400) }))).code).toBe('payload_too_large');
    expect(await head()).toBe(before);
  });
});

describe('the webhook of the provider', () => {
  const route = WRITES.find(({ who }) => who === 'gateway') ?? { method: 'POST', path: '/webhooks/sandbox', who: 'gateway' };

  it('reads nothing that is not signed', async () => {
    const before = await head();
    for (const { body } of wrongBodies({ type: 'intent.captured' })) expect(problemIn(await send(route, body)).code).toBe('invalid_signature');
    expect(problemIn(await send(route, '{}', { 'content-type': 'text/plain' })).code).toBe('unsupported_media_type');
    expect(problemIn(await send(route, JSON.stringify({ more: 'x'.repeat(102_400) }))).code).toBe('payload_too_large');
    expect(await head()).toBe(before);
  });
});
