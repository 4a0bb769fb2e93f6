import { ADMIN, type Answer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, ShopClient } from '../support/shop-client';
import { Provider } from '../support/provider';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const BUYERS = 5;

describe('SIGTERM', () => {
  const data = temporaryDataDirectory();
  let shop: ShopProcess;
  beforeEach(async () => void (shop = await startShopProcess(data.path)));
  afterEach(() => shop.kill());
  afterAll(() => data.remove());

  it('while requests run: they are answered, streams are closed, new ones are refused, and the exit code is 0', async () => {
    const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    const productId = await newProduct(admin);
    const customers = [];
    for (let i = 0; i < BUYERS; i++) {
      const customer = await newCustomer(shop.client);
      await expecting(200, customer.client.post('/cart/items', { productId, quantity: 1 }));
      customers.push(customer);
    }
    const stream = await fetch(`${shop.client.url}/v1/events`, { headers: { authorization: `Bearer ${admin.token}`, accept: 'text/event-stream' } });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const streamed = stream.text();

    const answers: Answer[] = [];
    const placing = customers.map(async ({ client, addressId }) => answers.push(await client.post('/orders', { addressId }, { key: 'place' })));
    await eventually(async () => (await expecting(200, admin.get('/events?context=order&limit=100'))).data, ({ length }) => length >= BUYERS);
    const ended = shop.kill('SIGTERM');
    await Promise.all(placing);
    for (const { status } of answers) expect([201, 202]).toContain(status);
    await streamed;
    expect(await ended).toBe(0);
    await expect(new ShopClient(shop.client.url).get('/products')).rejects.toThrow();

    shop = await startShopProcess(data.path);
    for (const { client, addressId } of customers)
      expect(await new ShopClient(shop.client.url, client.token).post('/orders', { addressId }, { key: 'place' })).toMatchObject({ status: 201, body: { status: 'pending' } });
  });

  it('while the payment provider hangs: the customer is told, the exit code is 0, and the payment goes on after the next start', async () => {
    const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    const customer = await newCustomer(shop.client);
    const order = await expecting(201, placeOrder(customer, await newProduct(admin)));
    await new Provider(shop.client).misbehave({ hangRate: 1 });
    const paying = payFor(customer, order, 'card_ok', 'pay');
    await eventually(() => customer.client.get(`/orders/${order.orderId}`), ({ body }) => body.paymentStatus === 'pending');
    const ended = shop.kill('SIGTERM');
    expect([503, 201]).toContain((await paying).status);
    expect(await ended).toBe(0);

    shop = await startShopProcess(data.path);
    const here = { ...customer, client: new ShopClient(shop.client.url, customer.client.token) };
    expect(await eventually(() => payFor(here, order, 'card_ok', 'pay'), ({ status }) => status !== 503)).toMatchObject({ status: 201, body: { status: 'captured' } });
    expect(await new Provider(shop.client).intentsOf(order.orderId)).toMatchObject([{ captured: 1_000 }]);
  });
});
