import { openEventSource } from '../notices/event-source';
import { audited } from '../support/audited';
import { byDetour, type Detour, hostOf, openDetour } from '../support/detour';
import { Provider } from '../support/provider';
import { endedOrder, happeningsTo, orderOf, stockOf } from '../support/shop-books';
import { type EngineAddresses, engineAddresses, SERVICE_TOKEN, SERVICES, type ServiceProcesses, startServiceProcesses } from '../support/service-processes';
import { untilIdle } from '../support/settled-shop';
import { ADMIN, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { newCrew } from './crew';

jest.setTimeout(600_000);

interface ReadyService {
  readonly parts?: Readonly<Record<string, { readonly status: string }>>;
  readonly instances?: readonly ReadyService[];
}

/** A part as each instance of each service sees it. */
const partsNamed = (name: string, { parts }: { readonly parts: Readonly<Record<string, ReadyService>> }): readonly { readonly status: string }[] =>
  Object.values(parts).flatMap((service) => [service, ...(service.instances ?? [])].flatMap((one) => one.parts?.[name] ?? []));

/** The shop as separate processes, two of them for orders, on the engines that the settings name. One shop for all of these tests. */
describe('separate services', () => {
  const engines = engineAddresses();
  let services: ServiceProcesses;
  let admin: ShopClient;
  let ways: Readonly<Record<'EVENTSTORE_URL' | 'MONGODB_URL', Detour>>;

  beforeAll(async () => {
    const [toEvents, toDocuments] = [hostOf(engines.EVENTSTORE_URL), hostOf(engines.MONGODB_URL)];
    ways = { EVENTSTORE_URL: await openDetour(toEvents.host, toEvents.port), MONGODB_URL: await openDetour(toDocuments.host, toDocuments.port) };
    const around: EngineAddresses = { ...engines, EVENTSTORE_URL: byDetour(engines.EVENTSTORE_URL, ways.EVENTSTORE_URL), MONGODB_URL: byDetour(engines.MONGODB_URL, ways.MONGODB_URL) };
    services = await startServiceProcesses({ engines: around, alone: engines.EVENTSTORE_URL, scale: { order: 2 }, settings: { REFUND_RETRY: 'PT1S,PT2S' } });
    admin = await services.client.signIn(ADMIN.email, ADMIN.password);
  });
  afterAll(async () => {
    const codes = await services?.stop();
    for (const way of Object.values(ways ?? {})) await way.close();
    expect(new Set(Object.values(codes ?? {}))).toEqual(new Set([0]));
  });

  const isReady = () => eventually(() => services.client.get('/health/ready'), ({ status }) => status === 200, 120_000);
  const outputs = () => [services.gateway, services.sandbox, ...SERVICES.flatMap((name) => [...services.instancesOf(name)])].map(({ name, output }) => `${name}: ${output()}`).join('\n');

  it('sell, tell the customer, send out, cancel and pay back, over the gateway', async () => {
    await isReady();
    const ada = await newCustomer(services.client);
    const productId = await newProduct(admin, { stock: 10 });
    const notices = await openEventSource(ada.client, '/me/notices/stream');
    const placed = await placeOrder(ada, productId, 2);
    expect([201, 202]).toContain(placed.status);
    const { orderId } = placed.body;
    const order = await eventually(() => orderOf(ada.client, orderId), ({ stockStatus }) => stockStatus === 'held');
    const paid = await payFor(ada, order, 'card_redirect');
    expect(paid).toMatchObject({ status: 201, body: { nextAction: { type: 'redirect' } } });
    const pageUrl: string = paid.body.nextAction.url;
    expect(pageUrl.startsWith(`${services.client.url}/sandbox/`)).toBe(true);
    const approved = await fetch(pageUrl, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome: 'approve' }) });
    expect(approved.status).toBe(303);
    // The provider's webhook comes through the gateway.
    await eventually(() => orderOf(ada.client, orderId), ({ status }) => status === 'confirmed');
    expect((await notices.next()).data).toMatchObject({ orderId });
    notices.close();
    await eventually(() => orderOf(ada.client, orderId), ({ stockStatus }) => stockStatus === 'committed');
    expect([200, 202]).toContain((await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' })).status);
    expect(await endedOrder(ada.client, orderId)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded' });
    expect(await eventually(() => stockOf(admin, productId), ({ committed }) => committed === 0)).toMatchObject({ onHand: 10, held: 0 });
    await eventually(() => happeningsTo(admin, orderId), (seen) => seen['refund-succeeded'] === 1 || seen['tillroll.payment.refund-succeeded.v1'] === 1).catch(async (error: unknown) => {
      throw new Error(`${String(error)} ${JSON.stringify(await happeningsTo(admin, orderId))}`);
    });
  });

  it('meet the first outcome of a key at another instance, and show it there at once', async () => {
    const ada = await newCustomer(services.client);
    const productId = await newProduct(admin);
    await eventually(() => ada.client.post('/cart/items', { productId, quantity: 1 }), ({ status }) => status === 200);
    const headers = { 'tillroll-service-token': SERVICE_TOKEN };
    const [one, other] = [0, 1].map((instance) => services.direct('order', instance).as(ada.client.token ?? '')) as [ShopClient, ShopClient];
    const first = await one.post('/orders', { addressId: ada.addressId }, { key: 'once', headers });
    expect([201, 202]).toContain(first.status);
    const again = await other.post('/orders', { addressId: ada.addressId }, { key: 'once', headers });
    expect([again.body.orderId, again.headers.get('idempotent-replayed')]).toEqual([first.body.orderId, 'true']);
    const token = first.headers.get('consistency-token') ?? '';
    expect(await other.get(`/orders/${first.body.orderId as string}`, { headers: { ...headers, 'consistency-token': token } })).toMatchObject({ status: 200, body: { orderId: first.body.orderId } });
    const listed = await eventually(() => other.get('/orders', { headers: { ...headers, 'consistency-token': token } }), ({ status }) => status === 200);
    expect(listed.body.data).toMatchObject([{ orderId: first.body.orderId }]);
  });

  it('are reached through the gateway only', async () => {
    for (const service of SERVICES) {
      const direct = services.direct(service);
      expect(await direct.request('GET', '/v1/products')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect((await direct.get('/health/ready')).status).toBe(200);
    }
  });

  it('end a customer’s tokens in every process, and forget them in every process', async () => {
    const ada = await newCustomer(services.client);
    const productId = await newProduct(admin);
    await eventually(() => ada.client.post('/cart/items', { productId, quantity: 1 }), ({ status }) => status === 200);
    expect((await ada.client.delete('/me')).status).toBe(202);
    for (const path of ['/me', '/cart', '/orders', '/me/notices']) await eventually(() => ada.client.get(path), ({ status }) => status === 401);
  });

  it('keep every promise while each of them is killed in turn under load', async () => {
    const crew = await newCrew(services, engines, { seed: 20_261_123 });
    const working = crew.work();
    for (const service of [...SERVICES, 'order'] as const) {
      const before = crew.answered.length;
      await services.restart(service, service === 'order' ? before % 2 : 0);
      await eventually(() => Promise.resolve(crew.answered.length), (count) => count > before, 60_000);
    }
    await services.restartGateway();
    await services.restartSandbox();
    await isReady();
    crew.finish();
    await working;
    expect(await crew.faults()).toEqual([]);
    expect(crew.answered.length).toBeGreaterThan(10);
  });

  it.each([
    ['EVENTSTORE_URL', 'event-store', 'cut'],
    ['EVENTSTORE_URL', 'event-store', 'freeze'],
    ['MONGODB_URL', 'documents', 'cut'],
    ['MONGODB_URL', 'documents', 'freeze'],
  ] as const)('catch up by themselves after %s was out under load (%s: %s), and say so meanwhile', async (engine, part, how) => {
    await isReady();
    const crew = await newCrew(services, engines, { seed: part.length + how.length, shoppers: 2, products: 2 });
    const working = crew.work();
    await eventually(() => Promise.resolve(crew.answered.length), (count) => count >= 3, 60_000);
    await ways[engine][how]();
    try {
      const out = await eventually(() => services.client.get('/health/ready'), ({ body }) => partsNamed(part, body).some(({ status }) => status === 'down'), 60_000);
      expect(out.status).toBe(503);
      const refused = await eventually(() => services.client.post('/accounts', { email: `${how}-${Date.now()}@example.com`, password: 'a long enough password', name: 'Ada' }), ({ status }) => status === 503, 60_000);
      expect([refused.body.code, refused.headers.get('retry-after')]).toEqual(['service_unavailable', expect.stringMatching(/^\d+$/)]);
    } finally {
      await ways[engine].restore();
    }
    const before = crew.answered.length;
    await eventually(() => Promise.resolve(crew.answered.length), (count) => count > before + 2, 120_000);
    crew.finish();
    await working;
    await isReady();
    expect(await crew.faults()).toEqual([]);
  });

  it('leave books that the audit finds clean', async () => {
    await new Provider(services.client).behave();
    await untilIdle(services.client, 120_000);
    await audited(engines).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${outputs().slice(-5_000)}`);
    });
    await expecting(200, admin.get('/events?limit=1'));
  });
});
