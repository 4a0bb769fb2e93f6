import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { problemIn } from '../contract/problem';
import { nameOf, ROUTES, type Route } from '../contract/routes';
import { ADMIN, type Answer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 800);
const AT_ONCE = 20;
const MIB = 1024 * 1024;

const data = temporaryDataDirectory();
let shop: ShopProcess;
let callers: readonly ShopClient[];
let ids: Readonly<Record<string, readonly string[]>>;
let documented: ReadonlyMap<string, ReadonlySet<number>>;

beforeAll(async () => {
  shop = await startShopProcess(data.path, { WEBHOOK_ALLOW_PRIVATE: 'on' });
  const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  const [ada, eve] = [await newCustomer(shop.client), await newCustomer(shop.client)];
  callers = [shop.client, shop.client.as('nonsense'), ada.client, ada.client, eve.client, admin, admin, admin];
  const productId = await newProduct(admin, { stock: 10_000 });
  const [pending, paid, stuck] = [(await placeOrder(ada, productId)).body, (await placeOrder(ada, productId)).body, (await placeOrder(eve, productId)).body];
  const payment = await expecting(201, payFor(ada, paid));
  const unrefundable = await expecting(201, payFor(eve, stuck, 'card_refund_fails'));
  const refund = await expecting(202, admin.post(`/payments/${String(unrefundable.paymentId)}/refunds`, { amount: { amount: 1, currency: 'EUR' }, reason: 'r' }, { key: randomUUID() }));
  const { endpointId } = await expecting(201, admin.post('/admin/webhook-endpoints', { url: 'http://127.0.0.1:9/', types: ['order-canceled'] }));
  await expecting(200, ada.client.post(`/orders/${String((await placeOrder(ada, productId)).body.orderId)}/cancel`, { reason: 'r' }));
  const deliveries = await eventually(() => admin.get(`/admin/webhook-endpoints/${String(endpointId)}/deliveries`), ({ body }) => body.data.length > 0);
  ids = {
    products: [productId, await newProduct(admin, { purchaseLimit: { quantity: 3 } }), await newProduct(admin, { price: { amount: 5, currency: 'USD' } })],
    cart: [productId],
    orders: [pending.orderId, paid.orderId, stuck.orderId],
    payments: [payment.paymentId, unrefundable.paymentId],
    refunds: [refund.refundId],
    me: [ada.addressId, eve.addressId],
    admin: [endpointId, deliveries.body.data[0].deliveryId],
    webhooks: ['sandbox'],
    others: [ada.customerId, randomUUID()],
  };
  const description = (await (await fetch(`${shop.client.url}/openapi.json`)).json()) as { paths: Record<string, Record<string, { responses: object }>> };
  documented = new Map(
    Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { responses }]) => [`${method.toUpperCase()} ${plain(path)}`, new Set(Object.keys(responses).map(Number))] as const)),
  );
});
afterAll(async () => {
  await shop.kill('SIGTERM');
  data.remove();
});

const plain = (path: string): string => path.replace(/^\/v1/, '').replace(/\{\w+\}/g, '{}');
/** Whoever asks to be forgotten could ask nothing more. */
const routes = ROUTES.filter(({ streams, method, path }) => streams !== true && !(method === 'DELETE' && path === '/me'));

const oddText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('', ' ', '\u0000', '__proto__', '-1', '0', '1e400', 'null', '%00', "'", '"', '\ud800', 'x'.repeat(3000), '../..', '${7*7}', '{{7*7}}', '<script>'));
const oddValue = fc.oneof(fc.jsonValue({ maxDepth: 3 }), oddText, fc.constantFrom(null, -1, 0, 1, 1.5, 999, 1000, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e308, true, [], {}, { amount: 1, currency: 'EUR' }, { amount: 2 ** 53 - 1, currency: 'EUR' }, { amount: 1, currency: 'XXX' }, 'card_ok', 'card_redirect', 'shipped'));
const oneOf = (pool: () => readonly string[]) => fc.nat().map((n) => pool()[n % pool().length] ?? 'x');
const anyId = fc.oneof({ weight: 4, arbitrary: oneOf(() => Object.values(ids).flat()) }, { weight: 1, arbitrary: oddText });
/** Mostly of things that the route is about. */
const idFor = ({ path }: Pick<Route, 'path'>) => fc.oneof({ weight: 4, arbitrary: oneOf(() => ids[path.split('/')[1] ?? ''] ?? ['x']) }, { weight: 1, arbitrary: anyId });

/** The good body, with some of its fields something else, or something else altogether. */
const bodyOf = ({ body }: Route): fc.Arbitrary<string | undefined> => {
  if (body === undefined) return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: oddValue.map((value) => JSON.stringify(value)) });
  const odd = fc.dictionary(fc.constantFrom(...Object.keys(body), 'setTo', 'note', 'expectedTotal', 'purchaseLimit', 'description', 'returnUrl', 'tracking', 'onSale', 'extra'), fc.oneof(oddValue, anyId), { maxKeys: 2 });
  return fc.oneof(
    { weight: 4, arbitrary: odd.map((fields) => JSON.stringify({ ...body, ...fields })) },
    { weight: 4, arbitrary: fc.tuple(idFor({ path: '/products' }), idFor({ path: '/me' })).map(([productId, addressId]) => JSON.stringify({ ...body, ...('quantity' in body && 'productId' in body ? { productId } : {}), ...('addressId' in body ? { addressId } : {}) })) },
    { weight: 1, arbitrary: oddValue.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: oddText },
  );
};

const query = fc.dictionary(fc.constantFrom('limit', 'cursor', 'after', 'status', 'paymentStatus', 'customerId', 'q', 'at', 'revision', 'context', 'x'), fc.oneof(oddText, fc.constantFrom('1', '100', 'pending', 'paid', 'succeeded', 'order', '2026-01-01T00:00:00Z', 'tea'), anyId), { maxKeys: 2 });
const headerText = fc.oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), fc.constantFrom('*', '"x.0"', 'W/"x"', 'x'.repeat(300), 'k1', 'k2'));
const headers = fc.dictionary(fc.constantFrom('if-match', 'idempotency-key', 'consistency-token', 'last-event-id', 'x-correlation-id', 'traceparent', 'x-forwarded-for', 'webhook-id', 'webhook-timestamp', 'webhook-signature'), headerText, { maxKeys: 2 });

const request = fc.constantFrom(...routes).chain((route) =>
  fc.record({ route: fc.constant(route), caller: fc.nat({ max: 7 }), given: fc.array(idFor(route), { minLength: 2, maxLength: 2 }), body: bodyOf(route), query, headers }),
);

const residentMiB = async (): Promise<number> => Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${shop.client.url}/metrics`)).text())?.[1]) / MIB;

function judge(route: Route, answer: Answer): void {
  const { status, body } = answer;
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(body) ?? '').not.toMatch(/\bat .*:\d+:\d+|node_modules|SQLITE|Error:/);
  if (status >= 400) {
    const { code } = problemIn(answer);
    expect(code).not.toBe('internal_error');
  }
  const name = plain(nameOf(route));
  if (![404, 405].includes(status)) expect([name, [...(documented.get(name) ?? [])]]).toEqual([name, expect.arrayContaining([status])]);
}

type Sent = typeof request extends fc.Arbitrary<infer T> ? T : never;

async function send({ route, caller, given, body, query: asked, headers: sent }: Sent): Promise<void> {
  const left = [...given];
  const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent((left.shift() ?? 'x').toWellFormed()) || 'x');
  const search = new URLSearchParams(asked).toString();
  const answer = await (callers[caller] ?? shop.client).request(route.method, `${path}${search === '' ? '' : `?${search}`}`, {
    headers: sent,
    ...(body === undefined || route.method === 'GET' ? {} : { body }),
    ...(route.needsKey === true && sent['idempotency-key'] === undefined ? { key: randomUUID() } : {}),
  });
  const isElsewhere = given.some((id) => /^\.{1,2}$/.test(id));
  judge(isElsewhere ? { ...route, path: '/nowhere' } : route, answer);
}

describe('whatever is sent', () => {
  afterEach(async () => {
    const ready = await eventually(() => shop.client.get('/health/ready'), ({ status }) => status === 200);
    expect(ready.body.status).toBe('up');
    expect(shop.output()).not.toMatch(/"level":"(error|fatal)"/);
  });

  it('is never answered with a 5xx, always with a document of the contract, in bounded memory', async () => {
    let before = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        if (++runs === Math.ceil(RUNS / 4)) before = await residentMiB();
        await send(one);
      }),
      { numRuns: RUNS },
    );
    expect((await residentMiB()) - before).toBeLessThan(120);
  }, 240_000);

  it('at once is not either', () =>
    fc.assert(fc.asyncProperty(fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => void (await Promise.all(all.map(send)))), { numRuns: Math.ceil(RUNS / AT_ONCE) }), 240_000);
});
