import { randomUUID } from 'node:crypto';
import { ADDRESS, type Answer, type Customer, expecting, newCustomer, newProduct } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces, problemIn } from './problem';
import { address, cart, cartCheck, me, movement, pageOf, product, session, stock } from './resource-shapes';
import { expectShape, uuid } from './shape';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

let shop: ShopInProcess;
let ada: Customer;

beforeAll(async () => {
  shop = await startShopInProcess();
  ada = await newCustomer(shop.client);
});
afterAll(() => shop.close());

const etagOf = ({ headers }: Answer): string => headers.get('etag') ?? 'none';
const ifMatch = (etag: string) => ({ headers: { 'if-match': etag } });

describe('accounts and sessions', () => {
  const account = () => ({ email: `${randomUUID()}@example.com`, password: 'pass word', name: 'Zoë 🍵' });

  it('are opened, signed in to, and shown', async () => {
    const one = account();
    const opened = await shop.client.post('/accounts', one);
    expect(opened.status).toBe(201);
    expectShape(opened.body, { customerId: uuid });
    const begun = await shop.client.post('/sessions', { email: one.email, password: one.password });
    expect(begun.status).toBe(201);
    expectShape(begun.body, session);
    const shown = await shop.client.as(begun.body.accessToken).get('/me');
    expectShape(shown.body, me);
    expect(shown.body).toEqual({ customerId: opened.body.customerId, email: one.email, name: one.name });
    expect(shown.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(JSON.stringify([opened.body, begun.body, shown.body])).not.toContain(one.password);
  });

  it('keep an e-mail address for one account', async () => {
    const one = account();
    await expecting(201, shop.client.post('/accounts', one));
    expect(problemIn(await shop.client.post('/accounts', { ...one, email: one.email.toUpperCase() }))).toMatchObject({ code: 'already_exists', field: 'email' });
  });

  it.each<[string, object, string]>([
    ['an e-mail address of 255 characters', { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(11)}` }, '/email'],
    ['no e-mail address', { email: 'somebody' }, '/email'],
    ['a password of 7', { password: '1234567' }, '/password'],
    ['a password of 129', { password: 'x'.repeat(129) }, '/password'],
    ['a name of nothing', { name: '' }, '/name'],
    ['a name of 201', { name: 'x'.repeat(201) }, '/name'],
    ['roles of its own', { roles: ['admin'] }, '/roles'],
  ])('are not opened with %s', async (_, wrong, pointer) => expect(faultyPlaces(await shop.client.post('/accounts', { ...account(), ...wrong }))).toEqual([pointer]));

  it('are opened at each limit', async () => {
    const email = `${randomUUID()}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.`;
    for (const at of [{ password: '12345678' }, { password: 'p'.repeat(128) }, { name: '🍵'.repeat(200) }, { name: 'A' }, { email: `${email}${'e'.repeat(254 - email.length)}` }]) {
      const one = { ...account(), ...at };
      await expecting(201, shop.client.post('/accounts', one));
      await expecting(201, shop.client.post('/sessions', { email: one.email, password: one.password }));
    }
  });

  it('do not tell a wrong password from an unknown address', async () => {
    const wrong = await shop.client.post('/sessions', { email: ada.email, password: 'another password' });
    const unknown = await shop.client.post('/sessions', { email: `${randomUUID()}@example.com`, password: 'another password' });
    expect(problemIn(wrong).code).toBe('unauthenticated');
    expect(unknown.body).toEqual(wrong.body);
  });
});

describe('addresses', () => {
  it('have the fields of the contract, optional ones only when given', async () => {
    const whole = { ...ADDRESS, line2: 'Flat 3', region: 'Greater London', phone: '+44 20 7946 0000' };
    const kept = await ada.client.post('/me/addresses', whole);
    expect(kept.status).toBe(201);
    expectShape(kept.body, address);
    expect(kept.body).toEqual({ addressId: kept.body.addressId, ...whole });
    expect(kept.headers.get('location')).toBe(`/v1/me/addresses/${kept.body.addressId}`);
    const changed = await ada.client.put(`/me/addresses/${kept.body.addressId}`, ADDRESS);
    expect(changed).toMatchObject({ status: 200, body: { addressId: kept.body.addressId, ...ADDRESS } });
    expectShape(changed.body, address);
    expect(Object.keys(changed.body)).not.toContain('line2');
    expect(etagOf(changed)).not.toBe(etagOf(kept));
    const listed = await ada.client.get('/me/addresses');
    expectShape(listed.body, pageOf(address));
    expect(listed.body.data).toEqual([changed.body, { addressId: ada.addressId, ...ADDRESS }]);
    const removed = await ada.client.delete(`/me/addresses/${kept.body.addressId}`);
    expect([removed.status, removed.body]).toEqual([204, undefined]);
    for (const again of [await ada.client.delete(`/me/addresses/${kept.body.addressId}`), await ada.client.put(`/me/addresses/${kept.body.addressId}`, ADDRESS), await ada.client.get(`/me/addresses/${kept.body.addressId}`)])
      expect(problemIn(again).code).toBe('not_found');
    expect(problemIn(await ada.client.post('/orders', { addressId: kept.body.addressId }, { key: randomUUID() }))).toMatchObject({ code: 'address_not_found', addressId: kept.body.addressId });
  });

  it.each(['name', 'line1', 'line2', 'city', 'region', 'postalCode', 'phone'])('have 1 to 200 characters of %s', async (field) => {
    for (const wrong of ['', 'x'.repeat(201), null, 5]) expect(faultyPlaces(await ada.client.post('/me/addresses', { ...ADDRESS, [field]: wrong }))).toEqual([`/${field}`]);
    await expecting(201, ada.client.post('/me/addresses', { ...ADDRESS, [field]: '🏠'.repeat(200) }));
  });

  it('name a country', async () => {
    for (const country of ['', 'gb', 'GBR', 'ZZ', 'England']) expect(faultyPlaces(await ada.client.post('/me/addresses', { ...ADDRESS, country }))).toEqual(['/country']);
    expect(faultyPlaces(await ada.client.post('/me/addresses', {})).toSorted()).toEqual(['/city', '/country', '/line1', '/name', '/postalCode']);
  });
});

describe('products and stock', () => {
  const details = () => ({ productId: `p-${randomUUID()}`, name: 'Tea', description: 'Green.', price: eur(250), purchaseLimit: { quantity: 3, days: 7 } });

  it('have the fields of the contract', async () => {
    const wanted = details();
    const made = await shop.admin.post('/products', wanted);
    expect(made.status).toBe(201);
    expectShape(made.body, product);
    expect(made.body).toEqual({ ...wanted, available: 0, onSale: true });
    expect(made.headers.get('location')).toBe(`/v1/products/${wanted.productId}`);
    const adjusted = await shop.admin.post(`/products/${wanted.productId}/stock-adjustments`, { delta: 5, reason: 'goods in' });
    expect(adjusted.status).toBe(201);
    expectShape(adjusted.body, stock);
    expect(adjusted.body).toEqual({ productId: wanted.productId, onHand: 5, held: 0, committed: 0, available: 5 });
    const read = await shop.admin.get(`/products/${wanted.productId}/stock`);
    expect([read.status, read.body, etagOf(read)]).toEqual([200, adjusted.body, etagOf(adjusted)]);
    const moves = await shop.admin.get(`/products/${wanted.productId}/stock-movements`);
    expectShape(moves.body, pageOf(movement));
    expect(moves.body.data).toMatchObject([{ revision: 0, type: 'adjusted', quantity: 5, reason: 'goods in' }]);
    const shown = await shop.client.get(`/products/${wanted.productId}`);
    expectShape(shown.body, product);
    expect(shown.body).toEqual({ ...made.body, available: 5 });
    expect(etagOf(shown)).not.toBe(etagOf(made));
    expectShape((await shop.client.get('/products')).body, pageOf(product));
    expect(problemIn(await shop.admin.post('/products', wanted))).toMatchObject({ code: 'already_exists', field: 'productId' });
  });

  it('may have an empty description', async () => {
    const bare = { ...details(), description: '' };
    const made = await shop.admin.post('/products', bare);
    expect(made).toMatchObject({ status: 201, body: { description: '' } });
    await shop.admin.patch(`/products/${bare.productId}`, { description: 'Green.' });
    expect(await shop.admin.patch(`/products/${bare.productId}`, { description: '' })).toMatchObject({ status: 200, body: { description: '' } });
    expectShape((await shop.client.get(`/products/${bare.productId}`)).body, product);
  });

  it('show every kind of movement, with its order', async () => {
    const productId = await newProduct(shop.admin, { stock: 9 });
    const buy = async () => {
      await expecting(200, ada.client.post('/cart/items', { productId, quantity: 2 }));
      return expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }));
    };
    const [kept, dropped] = [await buy(), await buy()];
    await expecting(200, ada.client.post(`/orders/${dropped.orderId}/cancel`, { reason: 'no' }));
    await expecting(201, ada.client.post(`/orders/${kept.orderId}/payments`, { amount: kept.total, method: 'card_ok' }, { key: randomUUID() }));
    for (const to of ['processing', 'shipped']) await expecting(200, shop.admin.post(`/orders/${kept.orderId}/transitions`, { to }));
    const adjusted = await shop.admin.post(`/products/${productId}/stock-adjustments`, { setTo: 3, reason: 'counted' });
    const { body } = await shop.admin.get(`/products/${productId}/stock-movements`, { headers: { 'consistency-token': adjusted.headers.get('consistency-token') ?? '' } });
    expectShape(body, pageOf(movement));
    const seen = (body.data as { type: string; quantity: number; orderId?: string }[]).map(({ type, quantity, orderId }) => `${type} ${quantity} ${orderId ?? '-'}`);
    expect(new Set(seen)).toEqual(
      new Set([`held 2 ${kept.orderId}`, `held 2 ${dropped.orderId}`, `released 2 ${dropped.orderId}`, `committed 2 ${kept.orderId}`, `shipped 2 ${kept.orderId}`, 'adjusted 9 -', `adjusted ${3 - 7} -`]),
    );
    expect(seen.at(-1)).toBe('adjusted 9 -');
    const revisions = (body.data as { revision: number }[]).map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => b - a));
  });

  it.each<[string, unknown, string]>([
    ['neither', { reason: 'r' }, '/delta'],
    ['both', { delta: 1, setTo: 1, reason: 'r' }, '/setTo'],
    ['no reason', { delta: 1 }, '/reason'],
    ['a reason of 501', { delta: 1, reason: 'r'.repeat(501) }, '/reason'],
    ['half a unit', { delta: 0.5, reason: 'r' }, '/delta'],
    ['text', { delta: '1', reason: 'r' }, '/delta'],
    ['less than nothing', { setTo: -1, reason: 'r' }, '/setTo'],
  ])('are not adjusted with %s', async (_, body, pointer) => {
    const productId = await newProduct(shop.admin, { stock: 1 });
    expect(faultyPlaces(await shop.admin.post(`/products/${productId}/stock-adjustments`, body))).toEqual([pointer]);
    expect((await shop.admin.get(`/products/${productId}/stock`)).body).toMatchObject({ onHand: 1 });
  });

  it('cannot be less than nothing', async () => {
    const productId = await newProduct(shop.admin, { stock: 1 });
    expect(problemIn(await shop.admin.post(`/products/${productId}/stock-adjustments`, { delta: -2, reason: 'lost' })).code).toBe('stock_below_zero');
    expect((await expecting(201, shop.admin.post(`/products/${productId}/stock-adjustments`, { delta: -1, reason: 'lost' }))).onHand).toBe(0);
  });

  it('are adjusted as they were seen, when asked so', async () => {
    const productId = await newProduct(shop.admin, { stock: 1 });
    const adjust = (etag: string) => shop.admin.post(`/products/${productId}/stock-adjustments`, { delta: 1, reason: 'found' }, ifMatch(etag));
    const seen = etagOf(await shop.admin.get(`/products/${productId}/stock`));
    await expecting(201, adjust(seen));
    expect(problemIn(await adjust(seen))).toMatchObject({ code: 'version_mismatch', currentRevision: 1 });
    expect(problemIn(await adjust('"something-else"'))).toMatchObject({ code: 'version_mismatch', currentRevision: 1 });
    expect(faultyPlaces(await adjust('no quotes'))).toEqual(['If-Match']);
    expect((await expecting(201, adjust('*'))).onHand).toBe(3);
  });

  it('that are withdrawn are unknown to everyone but admins, and cannot be bought', async () => {
    const productId = await newProduct(shop.admin);
    const missing = await shop.client.get(`/products/${randomUUID()}`);
    await expecting(200, ada.client.post('/cart/items', { productId, quantity: 1 }));
    const withdrawn = await expecting(200, shop.admin.patch(`/products/${productId}`, { onSale: false }));
    expect(withdrawn).toMatchObject({ onSale: false });
    for (const caller of [shop.client, ada.client]) {
      const answer = await caller.get(`/products/${productId}`);
      expect(problemIn(answer)).toMatchObject({ code: 'product_not_found', productId });
      expect(Object.keys(answer.body)).toEqual(Object.keys(missing.body));
    }
    expect((await shop.admin.get(`/products/${productId}`)).body).toMatchObject({ productId, onSale: false });
    expect(problemIn(await ada.client.post('/cart/items', { productId, quantity: 1 })).code).toBe('product_not_found');
    const seen = (await ada.client.get('/cart')).body;
    expectShape(seen, cart);
    expect(seen.problems).toEqual([{ code: 'product_withdrawn', productId }]);
    const refused = await ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() });
    expect(problemIn(refused)).toMatchObject({ code: 'product_not_found', productId });
    await expecting(200, ada.client.delete(`/cart/items/${productId}`));
  });
});

describe('the cart', () => {
  beforeEach(async () => {
    ada = await newCustomer(shop.client);
  });

  const add = (productId: string, quantity = 1, options = {}) => ada.client.post('/cart/items', { productId, quantity }, options);

  it('is answered whole by every change', async () => {
    const tea = await newProduct(shop.admin, { price: eur(250) });
    const mug = await newProduct(shop.admin, { price: eur(900) });
    const answers = [
      await ada.client.get('/cart'), await add(tea, 2), await add(mug), await add(tea), await ada.client.patch(`/cart/items/${tea}`, { quantity: 1 }),
      await ada.client.delete(`/cart/items/${mug}`), await ada.client.delete('/cart/items'), await ada.client.get('/cart'),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expectShape(body, cart);
      const lines = body.lines as { quantity: number; unitPrice: { amount: number }; lineTotal: { amount: number } }[];
      for (const { quantity, unitPrice, lineTotal } of lines) expect(lineTotal).toEqual(eur(quantity * unitPrice.amount));
      expect(body.total.amount).toBe(lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0));
    }
    expect(answers.map(({ body }) => (body.lines as { quantity: number }[]).map(({ quantity }) => quantity))).toEqual([[], [2], [2, 1], [3, 1], [1, 1], [1], [], []]);
    expect(new Set(answers.slice(0, 7).map(etagOf)).size).toBe(7);
    expect(answers.slice(1).every(({ headers }, index) => (headers.get('consistency-token') === null) === (index === 6))).toBe(true);
  });

  it('shows current prices, and a change of price until the line is touched', async () => {
    const tea = await newProduct(shop.admin, { price: eur(250) });
    await expecting(200, add(tea, 2));
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(300) }));
    const seen = (await ada.client.get('/cart')).body;
    expect(seen).toMatchObject({ lines: [{ unitPrice: eur(300), lineTotal: eur(600) }], total: eur(600), problems: [{ code: 'price_changed', productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) }] });
    const checked = await ada.client.post('/cart/check');
    expect(checked.status).toBe(200);
    expectShape(checked.body, cartCheck);
    expect(checked.body).toEqual({ ok: false, shortages: [], priceChanges: [{ productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) }], limits: [] });
    expect((await expecting(200, ada.client.patch(`/cart/items/${tea}`, { quantity: 2 }))).problems).toEqual([]);
    expect((await expecting(200, ada.client.post('/cart/check'))).ok).toBe(true);
  });

  it('refuses what the rules refuse, with every fact', async () => {
    const tea = await newProduct(shop.admin, { stock: 4, purchaseLimit: { quantity: 3 } });
    expect(problemIn(await add(tea, 5))).toMatchObject({ code: 'insufficient_stock', shortages: [{ productId: tea, requested: 5, available: 4 }] });
    expect((await add(tea, 5)).body).not.toHaveProperty('orderId');
    expect(problemIn(await add(tea, 4))).toMatchObject({ code: 'purchase_limit_exceeded', productId: tea, limit: 3, alreadyBought: 0, inCart: 0, requested: 4 });
    await expecting(200, add(tea, 3));
    expect(problemIn(await add(tea, 1))).toMatchObject({ code: 'purchase_limit_exceeded', limit: 3, alreadyBought: 0, inCart: 3, requested: 1 });
    expect(problemIn(await ada.client.patch(`/cart/items/${tea}`, { quantity: 4 }))).toMatchObject({ code: 'purchase_limit_exceeded', limit: 3, inCart: 3, requested: 4 });
    expect(problemIn(await ada.client.patch(`/cart/items/${tea}`, { quantity: 5 }))).toMatchObject({ code: 'insufficient_stock', shortages: [{ requested: 5, available: 4 }] });
    expect(problemIn(await ada.client.patch('/cart/items/other', { quantity: 1 }))).toMatchObject({ code: 'item_not_in_cart', productId: 'other' });
    expect(problemIn(await ada.client.patch('/cart/items/other', { quantity: 0 }))).toMatchObject({ code: 'item_not_in_cart', productId: 'other' });
    expect(problemIn(await ada.client.delete('/cart/items/other'))).toMatchObject({ code: 'item_not_in_cart', productId: 'other' });
    const dollars = await newProduct(shop.admin, { price: { amount: 1, currency: 'USD' } });
    expect(problemIn(await add(dollars)).code).toBe('currency_mismatch');
    const gold = await newProduct(shop.admin, { price: eur(Number.MAX_SAFE_INTEGER) });
    expect(problemIn(await add(gold, 2)).code).toBe('total_too_large');
    for (const quantity of [0, -1, 1000, 1.5, '1', null, true, [1]]) expect(faultyPlaces(await ada.client.post('/cart/items', { productId: tea, quantity }))).toEqual(['/quantity']);
    for (const quantity of [-1, 1000, 1.5, '0', null]) expect(faultyPlaces(await ada.client.patch(`/cart/items/${tea}`, { quantity }))).toEqual(['/quantity']);
    expect((await ada.client.get('/cart')).body).toMatchObject({ revision: 0, lines: [{ quantity: 3 }] });
  });

  it('is changed as it was seen, when asked so', async () => {
    const tea = await newProduct(shop.admin);
    const stale = etagOf(await add(tea));
    const seen = etagOf(await add(tea));
    const writes: ((etag: string) => Promise<Answer>)[] = [
      (etag) => add(tea, 1, ifMatch(etag)),
      (etag) => ada.client.patch(`/cart/items/${tea}`, { quantity: 1 }, ifMatch(etag)),
      (etag) => ada.client.delete(`/cart/items/${tea}`, ifMatch(etag)),
      (etag) => ada.client.delete('/cart/items', ifMatch(etag)),
    ];
    for (const write of writes) {
      expect(problemIn(await write(stale))).toMatchObject({ code: 'version_mismatch', currentRevision: 1 });
      expect(problemIn(await write(`W/${seen}`))).toMatchObject({ code: 'version_mismatch', currentRevision: 1 });
      expect(faultyPlaces(await write('stale'))).toEqual(['If-Match']);
    }
    let etag = seen;
    for (const write of writes.slice(0, 3)) {
      const done = await write(`"older", ${etag}`);
      expect(done.status).toBe(200);
      etag = etagOf(done);
    }
    expect((await expecting(200, add(tea, 1, ifMatch('*')))).lines).toHaveLength(1);
  });

  it('has another ETag than the next cart at the same revision', async () => {
    const tea = await newProduct(shop.admin);
    const first = await add(tea);
    await expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }));
    const second = await add(tea);
    expect([first.body.revision, second.body.revision]).toEqual([0, 0]);
    expect(etagOf(first)).not.toBe(etagOf(second));
    expect(problemIn(await add(tea, 1, ifMatch(etagOf(first))))).toMatchObject({ code: 'version_mismatch', currentRevision: 0 });
  });

  it('is checked without being written', async () => {
    const tea = await newProduct(shop.admin, { stock: 2 });
    await expecting(200, add(tea, 2));
    await expecting(201, shop.admin.post(`/products/${tea}/stock-adjustments`, { setTo: 1, reason: 'broken' }));
    const before = await ada.client.get('/cart');
    expectShape(before.body, cart);
    expect(before.body.problems).toEqual([{ code: 'insufficient_stock', productId: tea, requested: 2, available: 1 }]);
    expect((await ada.client.post('/cart/check')).body).toEqual({ ok: false, shortages: [{ productId: tea, requested: 2, available: 1 }], priceChanges: [], limits: [] });
    expect((await ada.client.get('/cart')).body).toEqual(before.body);
    expect(problemIn(await ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }))).toMatchObject({ code: 'insufficient_stock', shortages: [{ productId: tea, requested: 2, available: 1 }] });
  });
});
