import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@tillroll/settings';
import { type RunningShop, startShop } from '@tillroll/shop/start-shop';
import { ADMIN, type Answer, type Customer, expecting, eventually, newCustomer, newProduct, payFor, placeOrder, ShopClient } from '../support/shop-client';

jest.setTimeout(60_000);

const directory = mkdtempSync(join(tmpdir(), 'tillroll-inventory-'));
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let shop: RunningShop;
let anyone: ShopClient;
let admin: ShopClient;
let ada: Customer;

beforeAll(async () => {
  const settings = readSettings({
    DATA_DIR: directory,
    PORT: '0',
    DEMO: 'off',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
  });
  shop = await startShop({ settings });
  anyone = new ShopClient(shop.url);
  admin = await anyone.signIn(ADMIN.email, ADMIN.password);
  ada = await newCustomer(anyone);
});
afterAll(async () => {
  await shop.stop();
  rmSync(directory, { recursive: true, force: true });
});

const newId = (): string => `p-${randomUUID()}`;
const tokenOf = ({ headers }: Answer): Record<string, string> => ({ 'consistency-token': headers.get('consistency-token') ?? '' });
const adjust = (productId: string, body: unknown, headers: Record<string, string> = {}) => admin.post(`/products/${productId}/stock-adjustments`, body, { headers });
/** What is read now is not older than what was written before. */
const stockNow = async (productId: string): Promise<Answer> => {
  const written = await admin.patch(`/products/${productId}`, { description: randomUUID() });
  return admin.get(`/products/${productId}/stock`, { headers: tokenOf(written) });
};

describe('products', () => {
  it('are created by admins, with all that they can have', async () => {
    const productId = newId();
    const details = { productId, name: 'Darjeeling', description: 'Light and flowery.', price: eur(1290), purchaseLimit: { quantity: 5, days: 30 } };
    const created = await admin.post('/products', details);
    expect(created).toMatchObject({ status: 201, body: { ...details, available: 0, onSale: true } });
    expect(created.headers.get('location')).toBe(`/v1/products/${productId}`);
    const read = await anyone.get(`/products/${productId}`, { headers: tokenOf(created) });
    expect(read).toMatchObject({ status: 200, body: created.body });
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
  });

  it('leave out what they do not have', async () => {
    const productId = newId();
    expect((await admin.post('/products', { productId, name: 'Gift', price: eur(0) })).body).toEqual({ productId, name: 'Gift', price: eur(0), available: 0, onSale: true });
  });

  it('exist once', async () => {
    const productId = await newProduct(admin);
    expect(await admin.post('/products', { productId, name: 'Again', price: eur(1) })).toMatchObject({ status: 409, body: { code: 'already_exists', field: 'productId' } });
  });

  it('are created once by a key', async () => {
    const body = { productId: newId(), name: 'Once', price: eur(1) };
    const first = await admin.post('/products', body, { key: 'create once' });
    const again = await admin.post('/products', body, { key: 'create once' });
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
  });

  it.each([
    ['no id', { productId: undefined }, '/productId'],
    ['an id with a space', { productId: 'a b' }, '/productId'],
    ['no name', { name: '' }, '/name'],
    ['a long name', { name: 'x'.repeat(201) }, '/name'],
    ['a long description', { description: 'x'.repeat(5001) }, '/description'],
    ['a price in text', { price: { amount: '1', currency: 'EUR' } }, '/price/amount'],
    ['a fraction of a cent', { price: { amount: 1.5, currency: 'EUR' } }, '/price/amount'],
    ['less than nothing', { price: { amount: -1, currency: 'EUR' } }, '/price/amount'],
    ['a currency that nobody has', { price: { amount: 1, currency: 'eur' } }, '/price/currency'],
    ['a limit of nothing', { purchaseLimit: { quantity: 0 } }, '/purchaseLimit/quantity'],
    ['a limit of null', { purchaseLimit: null }, '/purchaseLimit'],
    ['an unknown field', { onSale: false }, '/onSale'],
  ])('are refused with %s', async (_, wrong, pointer) => {
    const refused = await admin.post('/products', { productId: newId(), name: 'Tea', price: eur(1), ...wrong });
    expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
  });

  it('change in part', async () => {
    const productId = await newProduct(admin, { stock: 7, purchaseLimit: { quantity: 2 } });
    const change = (body: unknown) => admin.patch(`/products/${productId}`, body);
    expect(await change({ price: eur(7), description: 'New' })).toMatchObject({ status: 200, body: { price: eur(7), description: 'New', available: 7, purchaseLimit: { quantity: 2 } } });
    const { body } = await change({ purchaseLimit: null, description: null });
    expect(body).toEqual({ productId, name: `Product ${productId}`, price: eur(7), available: 7, onSale: true });
    expect(await change({})).toMatchObject({ status: 200, body });
    expect(await change({ price: { amount: 7, currency: 'USD' } })).toMatchObject({ status: 422, body: { code: 'currency_mismatch' } });
    expect(await change({ productId: 'other' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/productId' }] } });
    expect(await admin.patch(`/products/${newId()}`, { name: 'Nobody' })).toMatchObject({ status: 404, body: { code: 'product_not_found' } });
  });

  it('that are withdrawn are there for admins only', async () => {
    const productId = await newProduct(admin);
    const withdrawn = await admin.patch(`/products/${productId}`, { onSale: false });
    const headers = tokenOf(withdrawn);
    expect(withdrawn).toMatchObject({ status: 200, body: { onSale: false } });
    for (const caller of [anyone, ada.client]) {
      const answer = await caller.get(`/products/${productId}`, { headers });
      expect(answer).toMatchObject({ status: 404, body: { code: 'product_not_found', productId } });
      expect((await caller.get(`/products?q=${productId}`, { headers })).body.data).toEqual([]);
    }
    expect(await admin.get(`/products/${productId}`, { headers })).toMatchObject({ status: 200, body: { onSale: false } });
    expect((await admin.get(`/products?q=${productId}`, { headers })).body.data).toHaveLength(1);
    const back = await admin.patch(`/products/${productId}`, { onSale: true });
    expect(await anyone.get(`/products/${productId}`, { headers: tokenOf(back) })).toMatchObject({ status: 200, body: { onSale: true } });
  });

  it('that are not there are not found', async () => {
    expect(await anyone.get(`/products/${newId()}`)).toMatchObject({ status: 404, body: { code: 'product_not_found' } });
    expect((await anyone.get('/products/a%20b')).status).toBe(404);
  });

  it('are the business of admins', async () => {
    const productId = await newProduct(admin);
    for (const [caller, status] of [[anyone, 401], [ada.client, 403]] as const) {
      expect((await caller.post('/products', { productId: newId(), name: 'Tea', price: eur(1) })).status).toBe(status);
      expect((await caller.patch(`/products/${productId}`, { name: 'Mine' })).status).toBe(status);
      expect((await caller.get(`/products/${productId}/stock`)).status).toBe(status);
      expect((await caller.get(`/products/${productId}/stock-movements`)).status).toBe(status);
      expect((await caller.post(`/products/${productId}/stock-adjustments`, { delta: 1, reason: 'mine' })).status).toBe(status);
      expect((await caller.get('/admin/shortfalls')).status).toBe(status);
    }
  });
});

describe('the list of products', () => {
  const word = randomUUID().slice(0, 8);
  const ids: string[] = [];
  beforeAll(async () => {
    for (let number = 0; number < 5; number++) {
      ids.unshift(`${word}-${number}`);
      await expecting(201, admin.post('/products', { productId: `${word}-${number}`, name: number % 2 === 0 ? 'Café crème' : 'Green Tea', price: eur(1) }));
    }
  });

  const idsIn = ({ body }: Answer): readonly string[] => (body.data as readonly { productId: string }[]).map(({ productId }) => productId);

  it('begins with the newest', async () => expect(idsIn(await anyone.get('/products?limit=5'))).toEqual(ids));

  it.each([`/products?limit=2`, `/products?limit=2&q=${word}`])('goes on where the page before ended, also when products come and go: %s', async (path) => {
    const first = await anyone.get(path);
    expect(idsIn(first)).toEqual(ids.slice(0, 2));
    await newProduct(admin, { productId: newId() });
    const second = await anyone.get(`${path}&cursor=${String(first.body.page.next)}`);
    expect(idsIn(second)).toEqual(ids.slice(2, 4));
  });

  it('ends', async () => {
    const last = await anyone.get(`/products?q=${word}&limit=5`);
    expect(last.body).toMatchObject({ page: { next: null } });
    expect(idsIn(last)).toEqual(ids);
  });

  it('finds words of name and id, without regard to case and accents', async () => {
    const find = async (q: string) => idsIn(await anyone.get(`/products?q=${encodeURIComponent(q)}`));
    expect(await find(`cafe ${word}`)).toEqual([ids[0], ids[2], ids[4]]);
    expect(await find(`${word} TEA gr`)).toEqual([ids[1], ids[3]]);
    expect(await find(`${word} coffee`)).toEqual([]);
    expect(await find(' ')).not.toEqual([]);
  });

  it('refuses what is no page and no search', async () => {
    for (const [query, parameter] of [['limit=0', 'limit'], ['limit=101', 'limit'], ['cursor=nonsense', 'cursor'], ['q=a&q=b', 'q'], [`q=${'x'.repeat(201)}`, 'q']] as const)
      expect(await anyone.get(`/products?${query}`)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ parameter }] } });
    expect((await anyone.get('/products?unknown=1')).status).toBe(200);
  });
});

describe('stock', () => {
  it('is adjusted by a difference, or to what was counted', async () => {
    const productId = await newProduct(admin, { stock: 0 });
    expect(await adjust(productId, { delta: 5, reason: 'delivery' })).toMatchObject({ status: 201, body: { productId, onHand: 5, held: 0, committed: 0, available: 5 } });
    expect(await adjust(productId, { setTo: 3, reason: 'counted' })).toMatchObject({ status: 201, body: { onHand: 3 } });
    expect(await adjust(productId, { delta: -4, reason: 'broken' })).toMatchObject({ status: 422, body: { code: 'stock_below_zero' } });
    expect((await stockNow(productId)).body).toEqual({ productId, onHand: 3, held: 0, committed: 0, available: 3 });
  });

  it.each([
    ['neither', { reason: 'r' }, '/delta'],
    ['both', { delta: 1, setTo: 1, reason: 'r' }, '/setTo'],
    ['nothing', { delta: 0, reason: 'r' }, '/delta'],
    ['less than nothing', { setTo: -1, reason: 'r' }, '/setTo'],
    ['halves', { delta: 0.5, reason: 'r' }, '/delta'],
    ['no reason', { delta: 1 }, '/reason'],
    ['a long reason', { delta: 1, reason: 'x'.repeat(501) }, '/reason'],
  ])('is not adjusted with %s', async (_, body, pointer) => {
    const productId = await newProduct(admin);
    expect(await adjust(productId, body)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
  });

  it('of a product that does not exist is not found', async () => {
    const productId = newId();
    expect(await adjust(productId, { delta: 1, reason: 'r' })).toMatchObject({ status: 404, body: { code: 'product_not_found' } });
    expect((await admin.get(`/products/${productId}/stock`)).status).toBe(404);
    expect((await admin.get(`/products/${productId}/stock-movements`)).status).toBe(404);
  });

  it('is adjusted only as it was seen, when asked so', async () => {
    const productId = await newProduct(admin, { stock: 0 });
    const unseen = await stockNow(productId);
    expect(unseen.body).toEqual({ productId, onHand: 0, held: 0, committed: 0, available: 0 });
    const first = await adjust(productId, { delta: 5, reason: 'delivery' }, { 'if-match': unseen.headers.get('etag') ?? '' });
    expect(first.status).toBe(201);
    expect(await adjust(productId, { delta: 5, reason: 'delivery' }, { 'if-match': unseen.headers.get('etag') ?? '' })).toMatchObject({
      status: 412,
      body: { code: 'version_mismatch', currentRevision: 0 },
    });
    const etag = first.headers.get('etag') ?? '';
    expect((await stockNow(productId)).headers.get('etag')).toBe(etag);
    expect((await adjust(productId, { setTo: 1, reason: 'counted' }, { 'if-match': etag })).status).toBe(201);
    expect((await adjust(productId, { setTo: 1, reason: 'counted' }, { 'if-match': '"of-something-else"' })).status).toBe(412);
  });

  it('is adjusted once by a key', async () => {
    const productId = await newProduct(admin, { stock: 0 });
    const body = { delta: 5, reason: 'delivery' };
    const path = `/products/${productId}/stock-adjustments`;
    const answers = [await admin.post(path, body, { key: 'delivery 1' }), await admin.post(path, body, { key: 'delivery 1' })];
    expect(answers.map(({ status, body: { onHand } }) => [status, onHand])).toEqual([[201, 5], [201, 5]]);
    expect(await admin.post(path, { delta: 6, reason: 'delivery' }, { key: 'delivery 1' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('an order', () => {
  it('moves the stock, and every movement is listed', async () => {
    const productId = await newProduct(admin, { stock: 5 });
    const bob = await newCustomer(anyone);
    const order = await expecting(201, placeOrder(bob, productId, 2));
    await expecting(201, payFor(bob, order));
    await eventually(() => stockNow(productId), ({ body }) => body.committed === 2);
    for (const to of ['processing', 'shipped']) await expecting(200, admin.post(`/orders/${order.orderId}/transitions`, { to }));
    const stock = await eventually(() => stockNow(productId), ({ body }) => body.onHand === 3);
    expect(stock.body).toEqual({ productId, onHand: 3, held: 0, committed: 0, available: 3 });
    const movements = await admin.get(`/products/${productId}/stock-movements`);
    const { orderId } = order;
    expect(movements.body).toMatchObject({
      data: [
        { revision: 3, type: 'shipped', quantity: 2, orderId },
        { revision: 2, type: 'committed', quantity: 2, orderId },
        { revision: 1, type: 'held', quantity: 2, orderId },
        { revision: 0, type: 'adjusted', quantity: 5, reason: 'received' },
      ],
      page: { next: null },
    });
    const first = await admin.get(`/products/${productId}/stock-movements?limit=3`);
    const rest = await admin.get(`/products/${productId}/stock-movements?limit=3&cursor=${String(first.body.page.next)}`);
    expect(rest.body).toMatchObject({ data: [{ revision: 0 }], page: { next: null } });
  });

  it('R16: stock adjusted below what is held is accepted, and listed until it is over', async () => {
    const productId = await newProduct(admin, { stock: 5 });
    const bob = await newCustomer(anyone);
    await expecting(201, placeOrder(bob, productId, 4));
    expect(await adjust(productId, { setTo: 1, reason: 'counted' })).toMatchObject({ status: 201, body: { onHand: 1, held: 4, available: -3 } });
    const listed = () => admin.get('/admin/shortfalls?limit=100').then(({ body }) => (body.data as readonly { productId: string }[]).find((row) => row.productId === productId));
    expect(await eventually(listed, (row) => row !== undefined)).toMatchObject({ productId, onHand: 1, held: 4, committed: 0, available: -3, shortfall: 3 });
    expect((await anyone.get(`/products/${productId}`)).body).toMatchObject({ available: 0 });
    await adjust(productId, { delta: 3, reason: 'found' });
    await eventually(listed, (row) => row === undefined);
  });

  it('is refused beyond a purchase limit, also one that came after the cart was filled', async () => {
    const productId = await newProduct(admin, { stock: 9 });
    const bob = await newCustomer(anyone);
    await expecting(201, placeOrder(bob, productId, 2));
    await expecting(200, bob.client.post('/cart/items', { productId, quantity: 1 }));
    await expecting(200, admin.patch(`/products/${productId}`, { purchaseLimit: { quantity: 2, days: 7 } }));
    const refused = await bob.client.post('/orders', { addressId: bob.addressId }, { key: randomUUID() });
    expect(refused).toMatchObject({ status: 422, body: { code: 'purchase_limit_exceeded', productId, limit: 2, alreadyBought: 2, inCart: 1, requested: 1 } });
    expect((await stockNow(productId)).body).toEqual({ productId, onHand: 9, held: 2, committed: 0, available: 7 });
  });

  it('R12: of 20 customers who want the last unit, one gets it', async () => {
    const productId = await newProduct(admin, { stock: 1 });
    const customers = await Promise.all(Array.from({ length: 20 }, () => newCustomer(anyone)));
    for (const { client } of customers) await expecting(200, client.post('/cart/items', { productId, quantity: 1 }));
    const answers = await Promise.all(customers.map(({ client, addressId }) => client.post('/orders', { addressId }, { key: randomUUID() })));
    for (const { status, body } of answers) {
      expect([201, 202, 409]).toContain(status);
      if (status === 409) expect(body).toMatchObject({ code: 'insufficient_stock', shortages: [{ productId, requested: 1, available: 0 }] });
    }
    const orderOf = ({ client }: Customer) => eventually(() => client.get('/orders'), ({ body }) => body.data[0]?.stockStatus === 'held' || body.data[0]?.status === 'rejected');
    const outcomes = await Promise.all(customers.map(orderOf));
    expect(outcomes.filter(({ body }) => body.data[0].stockStatus === 'held')).toHaveLength(1);
    expect((await stockNow(productId)).body).toEqual({ productId, onHand: 1, held: 1, committed: 0, available: 0 });
  });
});
