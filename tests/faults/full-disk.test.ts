import { execFileSync } from 'node:child_process';
import { audited } from '../support/audited';
import { Provider } from '../support/provider';
import { orderOf, stockOf } from '../support/shop-books';
import { ADMIN, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, type RequestOptions, type ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const BUYERS = 6;
/** Of each buyer at least; they go on until the disk has been in their way. */
const PURCHASES = 5;
const REFUSALS = 3;
/** Bytes. Not the present size of a log: after a checkpoint it is written again from its beginning. */
const NO_ROOM = 1;

describe('a full disk', () => {
  const data = temporaryDataDirectory();
  let shop: ShopProcess;
  let admin: ShopClient;

  /** No file of the shop may grow beyond so many bytes: writes fail as on a full disk. */
  const limitFiles = (bytes: number | 'unlimited') => execFileSync('prlimit', ['--pid', String(shop.pid), `--fsize=${bytes}:unlimited`]);

  beforeAll(async () => {
    shop = await startShopProcess(data.path);
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  });
  afterAll(async () => {
    await shop.kill();
    await audited(data.path).finally(() => data.remove());
  });

  it('is answered clearly while it lasts, reads go on, and readiness tells', async () => {
    const productId = await newProduct(admin);
    const { client } = await newCustomer(shop.client);
    limitFiles(NO_ROOM);
    for (const write of [client.post('/cart/items', { productId, quantity: 1 }), client.post('/me/addresses', {}), admin.post(`/products/${productId}/stock-adjustments`, { delta: 1, reason: 'received' })]) {
      const { status, headers, body } = await write;
      expect([400, 503]).toContain(status);
      if (status === 503) expect([body.code, headers.get('retry-after')]).toEqual(['service_unavailable', expect.stringMatching(/^\d+$/)]);
    }
    expect((await client.get('/cart')).status).toBe(200);
    expect((await shop.client.get(`/products/${productId}`)).status).toBe(200);
    const ready = await shop.client.get('/health/ready');
    expect([ready.status, ready.body.parts['event-store'].status]).toEqual([503, 'down']);

    limitFiles('unlimited');
    expect((await shop.client.get('/health/ready')).status).toBe(200);
    expect((await client.post('/cart/items', { productId, quantity: 1 })).status).toBe(200);
  });

  it('in the midst of purchases: all of them end right once there is room again', async () => {
    const productId = await newProduct(admin, { stock: 100_000 });
    const customers: Customer[] = [];
    for (let i = 0; i < BUYERS; i++) customers.push(await newCustomer(shop.client));
    const unanswered = new Set([503, 202]);
    let refused = 0;

    /** Repeats a write with its key until it is done; nothing but a full disk may be in its way. */
    async function done(client: ShopClient, path: string, options: RequestOptions): Promise<Answer['body']> {
      const { status, body } = await eventually(
        async () => {
          const answer = await client.request('POST', path, options);
          if (answer.status === 503) refused++;
          return answer;
        },
        (answer) => !unanswered.has(answer.status) && answer.body.code !== 'idempotency_in_flight' && answer.body.code !== 'cart_locked',
        50_000,
      );
      if (status >= 300) throw new Error(`${path} was answered with ${status} ${JSON.stringify(body)}`);
      return body;
    }

    async function purchase({ client, addressId }: Customer, key: string): Promise<{ readonly orderId: string; readonly paymentId: string }> {
      await done(client, '/cart/items', { body: { productId, quantity: 1 }, key });
      const { orderId, total } = await done(client, '/orders', { body: { addressId }, key });
      const { paymentId } = await done(client, `/orders/${orderId}/payments`, { body: { amount: total, method: 'card_ok', returnUrl: 'http://127.0.0.1/back' }, key });
      return { orderId, paymentId };
    }

    const buying = customers.map(async (customer) => {
      const bought: { readonly orderId: string; readonly paymentId: string }[] = [];
      for (let i = 0; i < PURCHASES || refused <= REFUSALS; i++) bought.push(await purchase(customer, `purchase-${i}`));
      return { customer, bought };
    });
    await eventually(() => stockOf(admin, productId), ({ committed }) => committed > 2);
    limitFiles(NO_ROOM);
    await eventually(async () => refused, (count) => count > REFUSALS);
    limitFiles('unlimited');

    let purchases = 0;
    for (const { customer, bought } of await Promise.all(buying)) {
      purchases += bought.length;
      expect(new Set(bought.map(({ orderId }) => orderId)).size).toBe(bought.length);
      for (const { orderId, paymentId } of bought) {
        await eventually(() => orderOf(customer.client, orderId), ({ status, stockStatus }) => status === 'confirmed' && stockStatus === 'committed');
        expect(await new Provider(shop.client).intentsOf(orderId)).toMatchObject([{ paymentId, captured: 1_000, refunded: 0 }]);
      }
    }
    expect(await stockOf(admin, productId)).toMatchObject({ onHand: 100_000, held: 0, committed: purchases });
    const { parts } = await expecting(200, shop.client.get('/health/ready'));
    for (const consumer of parts['event-bus'].consumers) expect(consumer).toMatchObject({ parkedSubjects: 0 });
    expect(await shop.kill('SIGTERM')).toBe(0);
  });
});
