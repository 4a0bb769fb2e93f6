import { type HookServer, startHookServer } from '@tillroll/order/notices/testing/hook-server';
import { Webhook } from 'standardwebhooks';
import { type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const FIRST_RETRY_MS = 5_000;

interface Endpoint {
  readonly endpointId: string;
  readonly secret: string;
}
interface Delivery {
  readonly deliveryId: string;
  readonly status: string;
  readonly attempts: number;
  readonly type: string;
}

describe('webhooks to registered endpoints', () => {
  let shop: ShopInProcess;
  let server: HookServer;
  let ada: Customer;
  let tea: string;

  beforeEach(async () => {
    [shop, server] = [await startShopInProcess({ WEBHOOK_ALLOW_PRIVATE: 'on' }), await startHookServer()];
    ada = await newCustomer(shop.client);
    tea = await newProduct(shop.admin, { stock: 1000 });
  });
  afterEach(async () => {
    await shop.close();
    await server.close();
  });

  const register = async (types: readonly string[], path = '/hook') =>
    (await expecting(201, shop.admin.post('/admin/webhook-endpoints', { url: `${server.origin}${path}`, types }))) as Endpoint;
  const deliveriesOf = async ({ endpointId }: Endpoint) =>
    ((await expecting(200, shop.admin.get(`/admin/webhook-endpoints/${endpointId}/deliveries`))) as { data: readonly Delivery[] }).data;
  const canceledOrder = async () => {
    const { orderId } = (await placeOrder(ada, tea)).body as { orderId: string };
    await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' });
    return orderId;
  };

  it('tell what happens from then on, signed', async () => {
    await canceledOrder();
    const endpoint = await register(['order-canceled', 'tillroll.payment.payment-captured.v1']);
    expect(endpoint.secret).toMatch(/^whsec_/);
    const orderId = await canceledOrder();
    const { headers, body } = await server.hook(0);
    const told = new Webhook(endpoint.secret).verify(body, headers as Record<string, string>);
    expect(told).toMatchObject({ type: 'order-canceled', data: { orderId, by: 'customer' } });
    const order = (await placeOrder(ada, tea)).body as { orderId: string; total: unknown };
    await expecting(201, payFor(ada, order));
    expect(JSON.parse((await server.hook(1)).body)).toMatchObject({ type: 'tillroll.payment.payment-captured.v1', data: { orderId: order.orderId } });
    const deliveries = await eventually(() => deliveriesOf(endpoint), (all) => all.length === 2 && all.every(({ status }) => status === 'succeeded'));
    expect(deliveries.map(({ type, attempts }) => [type, attempts])).toEqual([['tillroll.payment.payment-captured.v1', 1], ['order-canceled', 1]]);
  });

  it('are listed without their secrets, and told nothing once they are removed', async () => {
    const [one, two] = [await register(['order-canceled'], '/one'), await register(['order-canceled'], '/two')];
    const { data } = (await expecting(200, shop.admin.get('/admin/webhook-endpoints'))) as { data: readonly Readonly<Record<string, unknown>>[] };
    expect(data).toMatchObject([{ endpointId: two.endpointId, types: ['order-canceled'] }, { endpointId: one.endpointId, url: `${server.origin}/one` }]);
    expect(JSON.stringify(data)).not.toContain('whsec');
    expect((await shop.admin.delete(`/admin/webhook-endpoints/${one.endpointId}`)).status).toBe(204);
    expect((await shop.admin.delete(`/admin/webhook-endpoints/${one.endpointId}`)).status).toBe(404);
    expect((await shop.admin.get(`/admin/webhook-endpoints/${one.endpointId}/deliveries`)).status).toBe(404);
    await canceledOrder();
    expect((await server.hook(0)).path).toBe('/two');
    await eventually(() => deliveriesOf(two), ([delivery]) => delivery?.status === 'succeeded');
    expect(server.received).toHaveLength(1);
  });

  it('can be asked to be told again', async () => {
    server.answerWith((response) => response.writeHead(500).end());
    const endpoint = await register(['order-canceled']);
    await canceledOrder();
    const [failed] = await eventually(() => deliveriesOf(endpoint), ([delivery]) => delivery?.attempts === 1);
    expect(failed).toMatchObject({ status: 'pending', reason: 'status', responseStatus: 500 });
    server.answerWith((response) => response.writeHead(200).end());
    const { deliveryId } = failed ?? { deliveryId: '' };
    expect((await shop.admin.post(`/admin/webhook-endpoints/${endpoint.endpointId}/deliveries/${deliveryId}/retry`)).status).toBe(202);
    await eventually(() => deliveriesOf(endpoint), ([delivery]) => delivery?.status === 'succeeded');
    expect((await shop.admin.post(`/admin/webhook-endpoints/deliveries/${deliveryId}/retry`)).status).toBe(202);
    await server.hook(2);
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await shop.admin.post(`/admin/webhook-endpoints/${endpoint.endpointId}/deliveries/${endpoint.endpointId}/retry`)).status).toBe(404);
  });

  it('are told again by themselves after a failure', async () => {
    server.answerWith((response) => response.writeHead(503).end());
    const endpoint = await register(['order-canceled']);
    await canceledOrder();
    await eventually(() => deliveriesOf(endpoint), ([delivery]) => delivery?.attempts === 1);
    server.answerWith((response) => response.writeHead(200).end());
    shop.putForward(FIRST_RETRY_MS);
    await eventually(() => deliveriesOf(endpoint), ([delivery]) => delivery?.status === 'succeeded');
    expect(server.received).toHaveLength(2);
  });

  it('are told once, also when the shop starts again', async () => {
    const endpoint = await register(['order-canceled']);
    await canceledOrder();
    await eventually(() => deliveriesOf(endpoint), ([delivery]) => delivery?.status === 'succeeded');
    shop = await shop.restart();
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
    await canceledOrder();
    await server.hook(1);
    await eventually(() => deliveriesOf(endpoint), (all) => all.length === 2 && all.every(({ status }) => status === 'succeeded'));
    expect(server.received).toHaveLength(2);
  });

  it('are registered once for one key, with one secret', async () => {
    const body = { url: `${server.origin}/hook`, types: ['order-canceled'] };
    const answers = [await shop.admin.post('/admin/webhook-endpoints', body, { key: 'k1' }), await shop.admin.post('/admin/webhook-endpoints', body, { key: 'k1' })];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(((await expecting(200, shop.admin.get('/admin/webhook-endpoints'))) as { data: unknown[] }).data).toHaveLength(1);
  });

  it('refuse unknown types and malformed URLs, naming the fault', async () => {
    const refused = async (body: unknown) => (await shop.admin.post('/admin/webhook-endpoints', body)).body as unknown;
    expect(await refused({ url: `${server.origin}/`, types: ['order-canceled', 'order-vanished'] })).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer: '/types/1' }] });
    expect(await refused({ url: `${server.origin}/`, types: ['delivery-scheduled'] })).toMatchObject({ status: 400, errors: [{ pointer: '/types/0' }] });
    expect(await refused({ url: `${server.origin}/`, types: [] })).toMatchObject({ status: 400, errors: [{ pointer: '/types' }] });
    for (const url of ['ftp://example.com/', 'nonsense', 'http://user:word@example.com/'])
      expect(await refused({ url, types: ['order-canceled'] })).toMatchObject({ status: 400, errors: [{ pointer: '/url' }] });
    expect((await ada.client.get('/admin/webhook-endpoints')).status).toBe(403);
  });
});

describe('webhooks to private addresses', () => {
  let shop: ShopInProcess;

  beforeAll(async () => {
    shop = await startShopInProcess();
  });
  afterAll(() => shop.close());

  it.each(['http://127.0.0.1:9/', 'http://localhost/', 'http://localhost./', 'http://shop.localhost/', 'http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://[::1]/', 'http://2130706433/', 'http://[::ffff:127.0.0.1]/'])(
    'are refused: %s',
    async (url) =>
      expect((await shop.admin.post('/admin/webhook-endpoints', { url, types: ['order-canceled'] })).body).toMatchObject({
        status: 400,
        code: 'validation_failed',
        errors: [{ pointer: '/url', code: 'address_not_public' }],
      }),
  );

  it('are taken when they are public', async () => {
    await expecting(201, shop.admin.post('/admin/webhook-endpoints', { url: 'https://93.184.215.14/hook', types: ['order-canceled'] }));
  });
});
