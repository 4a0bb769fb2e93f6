import { randomUUID } from 'node:crypto';
import { type Customer, expecting, newCustomer, newProduct } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('the cart over HTTP', () => {
  let shop: ShopInProcess;
  let ada: Customer;

  beforeAll(async () => {
    shop = await startShopInProcess();
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    ada = await newCustomer(shop.client);
  });

  const product = (more: Parameters<typeof newProduct>[1] = {}) => newProduct(shop.admin, more);
  const add = (productId: string, quantity = 1, options = {}) => ada.client.post('/cart/items', { productId, quantity }, options);
  const line = (productId: string, unitPrice: number, quantity: number) => ({
    productId, name: `Product ${productId}`, unitPrice: eur(unitPrice), quantity, lineTotal: eur(unitPrice * quantity),
  });

  it('begins empty', async () => {
    expect(await expecting(200, ada.client.get('/cart'))).toEqual({ revision: -1, lines: [], total: { amount: 0, currency: 'XXX' }, problems: [] });
  });

  it('answers every change with the whole cart, lines in the order of adding', async () => {
    const [tea, mug] = [await product({ price: eur(250) }), await product({ price: eur(900) })];
    await expecting(200, add(tea, 2));
    await expecting(200, add(mug, 1));
    expect(await expecting(200, add(tea, 1))).toEqual({ revision: 2, lines: [line(tea, 250, 3), line(mug, 900, 1)], total: eur(1650), problems: [] });
    expect(await expecting(200, ada.client.patch(`/cart/items/${tea}`, { quantity: 5 }))).toMatchObject({ revision: 3, lines: [line(tea, 250, 5), line(mug, 900, 1)] });
    expect(await expecting(200, ada.client.patch(`/cart/items/${tea}`, { quantity: 0 }))).toMatchObject({ revision: 4, lines: [line(mug, 900, 1)] });
    expect(await expecting(200, add(tea, 1))).toMatchObject({ lines: [line(mug, 900, 1), line(tea, 250, 1)] });
    expect(await expecting(200, ada.client.delete(`/cart/items/${mug}`))).toMatchObject({ lines: [line(tea, 250, 1)] });
    const seen = await expecting(200, ada.client.get('/cart'));
    expect(seen).toMatchObject({ revision: 6, lines: [line(tea, 250, 1)], total: eur(250), problems: [] });
    expect(await expecting(200, ada.client.delete('/cart/items'))).toEqual({ revision: 7, lines: [], total: { amount: 0, currency: 'XXX' }, problems: [] });
  });

  it('takes a product that was made a moment ago', async () => {
    for (let n = 0; n < 20; n++) await expecting(200, add(await product({ stock: 1 }), 1));
    expect((await expecting(200, ada.client.get('/cart'))).lines).toHaveLength(20);
  });

  it('refuses with the code and the facts of the rule', async () => {
    const [tea, mug] = [await product({ stock: 4 }), await product({ purchaseLimit: { quantity: 2 } })];
    const foreign = await product({ price: { amount: 500, currency: 'USD' } });
    const withdrawn = await product();
    const gold = await product({ price: eur(Number.MAX_SAFE_INTEGER) });
    await expecting(200, shop.admin.patch(`/products/${withdrawn}`, { onSale: false }));
    await expecting(200, add(tea, 3));
    await expecting(200, add(mug, 1));
    const refused = async (answer: ReturnType<typeof add>) => (await answer).body as { status: number; code: string };
    expect(await refused(add(tea, 2))).toMatchObject({ status: 409, code: 'insufficient_stock', shortages: [{ productId: tea, requested: 5, available: 4 }] });
    expect(await refused(add(mug, 2))).toMatchObject({ status: 422, code: 'purchase_limit_exceeded', productId: mug, limit: 2, alreadyBought: 0, inCart: 1, requested: 2 });
    expect(await refused(add(foreign))).toMatchObject({ status: 422, code: 'currency_mismatch' });
    expect(await refused(add(gold))).toMatchObject({ status: 422, code: 'total_too_large' });
    expect(await refused(add(withdrawn))).toMatchObject({ status: 404, code: 'product_not_found', productId: withdrawn });
    expect(await refused(add('no-such-product'))).toMatchObject({ status: 404, code: 'product_not_found', productId: 'no-such-product' });
    expect(await refused(ada.client.patch(`/cart/items/${withdrawn}`, { quantity: 1 }))).toMatchObject({ status: 404, code: 'item_not_in_cart', productId: withdrawn });
    expect(await refused(ada.client.delete(`/cart/items/${withdrawn}`))).toMatchObject({ status: 404, code: 'item_not_in_cart', productId: withdrawn });
    for (const quantity of [0, 1000, 1.5, '1', null]) expect(await refused(ada.client.post('/cart/items', { productId: tea, quantity }))).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer: '/quantity' }] });
    expect(await refused(ada.client.patch(`/cart/items/${tea}`, { quantity: -1 }))).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(await expecting(200, ada.client.get('/cart'))).toMatchObject({ revision: 1, lines: [{ quantity: 3 }, { quantity: 1 }] });
  });

  it('takes a hundred lines and no more', async () => {
    const products = await Promise.all(Array.from({ length: 101 }, () => product({ stock: 1 })));
    for (const productId of products.slice(0, 100)) await expecting(200, add(productId));
    expect((await add(products[100] ?? '')).body).toMatchObject({ status: 422, code: 'cart_full' });
  });

  it('honours If-Match, and knows one cart from the next', async () => {
    const tea = await product();
    const empty = await ada.client.get('/cart');
    const first = await add(tea, 1, { headers: { 'if-match': empty.headers.get('etag') ?? '' } });
    expect(first.status).toBe(200);
    const late = await add(tea, 1, { headers: { 'if-match': empty.headers.get('etag') ?? '' } });
    expect(late).toMatchObject({ status: 412, body: { code: 'version_mismatch', currentRevision: 0 } });
    const inTime = await ada.client.patch(`/cart/items/${tea}`, { quantity: 3 }, { headers: { 'if-match': first.headers.get('etag') ?? '' } });
    expect(inTime.status).toBe(200);
    expect((await ada.client.get('/cart')).headers.get('etag')).toBe(inTime.headers.get('etag'));
    await expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }));
    const next = await add(tea, 1);
    expect(next.body).toMatchObject({ revision: 0, lines: [{ quantity: 1 }] });
    expect(next.headers.get('etag')).not.toBe(first.headers.get('etag'));
    expect(await add(tea, 1, { headers: { 'if-match': first.headers.get('etag') ?? '' } })).toMatchObject({ status: 412, body: { currentRevision: 0 } });
  });

  it('shows what stands between the cart and an order, and checks it by the same rules', async () => {
    const [tea, mug, pot] = [await product({ price: eur(250) }), await product({ price: eur(900) }), await product({ stock: 5 })];
    for (const productId of [tea, mug, pot]) await expecting(200, add(productId, 2));
    expect(await expecting(200, ada.client.post('/cart/check'))).toEqual({ ok: true, shortages: [], priceChanges: [], limits: [] });
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(300), purchaseLimit: { quantity: 1 } }));
    await expecting(200, shop.admin.patch(`/products/${mug}`, { onSale: false }));
    await expecting(201, shop.admin.post(`/products/${pot}/stock-adjustments`, { setTo: 1, reason: 'broken' }));
    const seen = await expecting(200, ada.client.get('/cart'));
    expect(seen.total).toEqual(eur(600 + 1800 + 2000));
    expect(seen.problems).toEqual([
      { code: 'price_changed', productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) },
      { code: 'purchase_limit_exceeded', productId: tea, limit: 1, alreadyBought: 0, inCart: 2 },
      { code: 'product_withdrawn', productId: mug },
      { code: 'insufficient_stock', productId: pot, requested: 2, available: 1 },
    ]);
    expect(await expecting(200, ada.client.post('/cart/check'))).toEqual({
      ok: false,
      shortages: [{ productId: mug, requested: 2, available: 0 }, { productId: pot, requested: 2, available: 1 }],
      priceChanges: [{ productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) }],
      limits: [{ productId: tea, limit: 1, alreadyBought: 0, inCart: 2 }],
    });
    expect((await expecting(200, ada.client.get('/cart'))).revision).toBe(seen.revision);
  });

  it('never takes more than there is, however many ask at once', async () => {
    const tea = await product({ stock: 30 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => add(tea, 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
    expect(answers.filter(({ body }) => body.code === 'insufficient_stock')).toHaveLength(20);
    expect((await expecting(200, ada.client.get('/cart'))).lines).toMatchObject([{ quantity: 30 }]);
  });

  it('adds once however often a request with a key is repeated', async () => {
    const tea = await product();
    const key = randomUUID();
    const first = await add(tea, 2, { key });
    expect((await add(tea, 2, { key })).body).toEqual(first.body);
    expect((await expecting(200, ada.client.get('/cart'))).lines).toMatchObject([{ quantity: 2 }]);
  });

  it('is nobody else\'s', async () => {
    await expecting(200, add(await product(), 1));
    const eve = await newCustomer(shop.client);
    expect((await expecting(200, eve.client.get('/cart'))).lines).toEqual([]);
    expect((await shop.client.get('/cart')).status).toBe(401);
  });
});
