import { ADMIN, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

describe('a purchase', () => {
  const data = temporaryDataDirectory();
  let shop: ShopProcess;
  let admin: ShopClient;

  beforeAll(async () => {
    shop = await startShopProcess(data.path);
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  });
  afterAll(async () => {
    await shop.kill('SIGTERM');
    data.remove();
  });

  it('goes from an account to a delivered order', async () => {
    const productId = await newProduct(admin, { stock: 10 });
    const ada = await newCustomer(shop.client);
    const placed = await placeOrder(ada, productId, 2);
    expect(placed).toMatchObject({ status: 201, body: { status: 'pending', paymentStatus: 'none', stockStatus: 'held', total: { amount: 2_000, currency: 'EUR' } } });
    expect(await ada.client.get('/cart')).toMatchObject({ status: 200, body: { lines: [] } });
    const { orderId } = placed.body;

    expect(await payFor(ada, placed.body)).toMatchObject({ status: 201, body: { status: 'captured', captured: { amount: 2_000, currency: 'EUR' } } });
    const confirmed = await eventually(() => ada.client.get(`/orders/${orderId}`), ({ body }) => body.stockStatus === 'committed');
    expect(confirmed.body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', compensating: false });

    for (const to of ['processing', 'shipped', 'delivered']) await expecting(200, admin.post(`/orders/${orderId}/transitions`, { to }));
    expect((await ada.client.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'delivered', paymentStatus: 'paid' });
    const stock = await eventually(() => admin.get(`/products/${productId}/stock`), ({ body }) => body.onHand === 8);
    expect(stock.body).toMatchObject({ onHand: 8, held: 0, committed: 0, available: 8 });
  });

  it('gives stock and money back when the order is canceled', async () => {
    const productId = await newProduct(admin, { stock: 3 });
    const ada = await newCustomer(shop.client);
    const { body: order } = await placeOrder(ada, productId, 3);
    await expecting(201, payFor(ada, order));
    const canceled = await ada.client.post(`/orders/${order.orderId}/cancel`, { reason: 'changed my mind' });
    expect([200, 202]).toContain(canceled.status);
    const ended = await eventually(() => ada.client.get(`/orders/${order.orderId}`), ({ body }) => body.compensating === false);
    expect(ended.body).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released' });
    expect((await admin.get(`/products/${productId}/stock`)).body).toMatchObject({ onHand: 3, held: 0, committed: 0, available: 3 });
  });
});
