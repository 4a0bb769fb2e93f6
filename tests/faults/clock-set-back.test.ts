import { Provider } from '../support/provider';
import { endedOrder, noticesOf, orderOf, stockOf } from '../support/shop-books';
import { ADMIN, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, payFor, placeOrder, ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a clock that jumps back an hour', () => {
  let shop: ShopInProcess;
  let admin: ShopClient;
  let provider: Provider;
  let customer: Customer;
  let productId: string;
  let waiting: Answer['body'];
  let declined: Answer['body'];
  let confirmed: Answer['body'];

  beforeAll(async () => {
    shop = await startShopInProcess({ PAYMENT_WINDOW: 'PT30M', REFUND_RETRY: 'PT10M', RATE_LIMIT: '100000/100000/1000' });
    admin = shop.admin;
    provider = new Provider(shop.client);
    customer = await newCustomer(shop.client);
    productId = await newProduct(admin, { stock: 100 });
    waiting = await placed();
    await expecting(201, payFor(customer, waiting, 'card_redirect'));
    declined = await placed();
    await payFor(customer, declined, 'card_declined', 'declined');
    confirmed = await placed();
    await expecting(201, payFor(customer, confirmed, 'card_refund_fails', 'paid'));
    shop.setBack(HOUR);
  });
  afterAll(() => shop.close());

  const placed = (): Promise<Answer['body']> => expecting(201, placeOrder(customer, productId));
  const seen = (orderId: string) => orderOf(customer.client, orderId);

  it('lets tokens of before, and new ones, in', async () => {
    expect((await customer.client.get('/me')).status).toBe(200);
    const again = await shop.client.signIn(customer.email, customer.password);
    expect((await again.get('/cart')).status).toBe(200);
    expect((await newCustomer(shop.client)).customerId).not.toBe(customer.customerId);
  });

  it('keeps what was promised for a key', async () => {
    const replayed = await payFor(customer, confirmed, 'card_refund_fails', 'paid');
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect((await payFor(customer, declined, 'card_declined', 'declined')).status).toBe(402);
  });

  it('sells on: carts, orders, payments, webhooks, transitions, live streams', async () => {
    const stream = await fetch(`${shop.client.url}/v1/me/notices/stream`, { headers: { authorization: `Bearer ${customer.client.token}` } });
    const told = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const order = await placed();
    const { nextAction } = await expecting(201, payFor(customer, order, 'card_redirect'));
    expect(await provider.answer(new URL(nextAction.url as string).pathname.split('/').at(-1) ?? '', 'approve')).toBe(303);
    await eventually(() => seen(order.orderId), ({ status, stockStatus }) => status === 'confirmed' && stockStatus === 'committed');
    for (const to of ['processing', 'shipped', 'delivered']) await expecting(200, admin.post(`/orders/${order.orderId}/transitions`, { to }));
    let text = '';
    while (!text.includes('order-delivered')) text += (await told?.read())?.value ?? '';
    await told?.cancel();
    for (const type of ['order-confirmed', 'order-processing', 'order-shipped', 'order-delivered']) expect(text.split(`"${type}"`)).toHaveLength(2);

    const [newest] = (await expecting(200, customer.client.get('/orders?limit=100'))).data;
    expect(newest.orderId).toBeDefined();
    expect(await noticesOf(customer, order.orderId)).toEqual({ 'order-confirmed': 1, 'order-processing': 1, 'order-shipped': 1, 'order-delivered': 1 });
  });

  it('lets what was paid before be paid back, retried at its time, and what waits be paid', async () => {
    expect(await customer.client.post(`/orders/${confirmed.orderId}/cancel`, { reason: 'changed my mind' })).toMatchObject({ status: 202, body: { status: 'canceled' } });
    const attention = async () => (await expecting(200, admin.get('/admin/refunds?status=needs_attention'))).data;
    expect(await attention()).toEqual([]);
    shop.putForward(10 * MINUTE);
    expect(await eventually(attention, ({ length }) => length === 1)).toMatchObject([{ attempts: 2 }]);

    const [intent] = await provider.intentsOf(waiting.orderId);
    expect(await provider.answer(intent?.id ?? '', 'approve')).toBe(303);
    await eventually(() => seen(waiting.orderId), ({ status }) => status === 'confirmed');
  });

  it('expires orders when it shows their time, also after a restart', async () => {
    shop = await shop.restart();
    ({ admin } = shop);
    customer = { ...customer, client: new ShopClient(shop.client.url, customer.client.token) };
    const order = await placed();
    shop.putForward(29 * MINUTE);
    expect(await seen(order.orderId)).toMatchObject({ status: 'pending' });
    shop.putForward(1 * MINUTE);
    expect(await endedOrder(customer.client, order.orderId)).toMatchObject({ status: 'expired', stockStatus: 'released' });
    expect(await seen(declined.orderId)).toMatchObject({ status: 'pending', stockStatus: 'held' });
  });

  it('and the hour again: nothing is stuck, and the stock agrees', async () => {
    shop.putForward(HOUR);
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    customer = { ...customer, client: await shop.client.signIn(customer.email, customer.password) };
    expect(await endedOrder(customer.client, declined.orderId)).toMatchObject({ status: 'expired', stockStatus: 'released' });
    await eventually(() => stockOf(admin, productId), ({ onHand, held, committed }) => onHand === 99 && held === 0 && committed === 1);
    const { parts } = await expecting(200, shop.client.get('/health/ready'));
    for (const consumer of parts['event-bus'].consumers) expect(consumer).toMatchObject({ parkedSubjects: 0, lag: 0 });
  });
});
