import { randomUUID } from 'node:crypto';
import { ADDRESS, type Answer, type Customer, eventually, expecting, newCustomer, newProduct, payFor } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces, problemIn } from './problem';
import { cart, order, pageOf } from './resource-shapes';
import { expectShape, text, time, uuid } from './shape';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

let shop: ShopInProcess;
let ada: Customer;

beforeAll(async () => {
  shop = await startShopInProcess();
  ada = await newCustomer(shop.client);
});
afterAll(() => shop.close());
beforeEach(() => expecting(200, ada.client.delete('/cart/items')));

const add = (productId: string, quantity = 1) => expecting(200, ada.client.post('/cart/items', { productId, quantity }));
const place = (more: object = {}, key: string = randomUUID()) => ada.client.post('/orders', { addressId: ada.addressId, ...more }, { key });

async function ordered(quantity = 1, details: Parameters<typeof newProduct>[1] = {}) {
  const productId = await newProduct(shop.admin, details);
  await add(productId, quantity);
  return { productId, ...((await expecting(201, place())) as { orderId: string; total: { amount: number } }) };
}
const view = (orderId: string, query = '', client = ada.client) => client.get(`/orders/${orderId}${query}`);
const advance = (orderId: string, to: string, more: object = {}) => shop.admin.post(`/orders/${orderId}/transitions`, { to, ...more });
async function paid(quantity = 1) {
  const made = await ordered(quantity);
  await expecting(201, payFor(ada, made));
  return made;
}

describe('placing an order', () => {
  it('answers 201 with a full copy of the cart, and empties the cart', async () => {
    const [tea, mug] = [await newProduct(shop.admin, { price: eur(250) }), await newProduct(shop.admin, { price: eur(900) })];
    await add(tea, 2);
    const seen = await add(mug, 1);
    const placed = await place({ expectedTotal: seen.total });
    expect(placed.status).toBe(201);
    expectShape(placed.body, order);
    expect(placed.body).toMatchObject({
      customerId: ada.customerId, status: 'pending', paymentStatus: 'none', stockStatus: 'held', compensating: false, lines: seen.lines, total: eur(1400), address: ADDRESS,
    });
    expect(Date.parse(placed.body.expiresAt) - Date.parse(placed.body.placedAt)).toBe(30 * 60_000);
    expect(placed.headers.get('location')).toBe(`/v1/orders/${placed.body.orderId}`);
    expect(placed.headers.get('consistency-token')).toMatch(/./);
    const shown = await ada.client.get(placed.headers.get('location') ?? '');
    expect([shown.status, shown.body]).toEqual([200, placed.body]);
    expect(shown.headers.get('etag')).toBe(placed.headers.get('etag'));
    const emptied = (await ada.client.get('/cart')).body;
    expectShape(emptied, cart);
    expect(emptied.lines).toEqual([]);
    await expecting(200, ada.client.put(`/me/addresses/${ada.addressId}`, { ...ADDRESS, city: 'Paris' }));
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(1), name: 'Renamed' }));
    expect((await view(placed.body.orderId)).body).toMatchObject({ lines: seen.lines, total: eur(1400), address: ADDRESS });
    await expecting(200, ada.client.put(`/me/addresses/${ada.addressId}`, ADDRESS));
  });

  it('wants a key, an address of one\'s own and something in the cart', async () => {
    expect(problemIn(await ada.client.post('/orders', { addressId: ada.addressId })).code).toBe('idempotency_key_required');
    expect(problemIn(await place()).code).toBe('cart_empty');
    await add(await newProduct(shop.admin));
    const nowhere = randomUUID();
    expect(problemIn(await place({ addressId: nowhere }))).toMatchObject({ code: 'address_not_found', addressId: nowhere });
    for (const [more, place_] of [[{ addressId: 'x' }, '/addressId'], [{ addressId: null }, '/addressId'], [{ expectedTotal: 1 }, '/expectedTotal'], [{ expectedTotal: { amount: 1 } }, '/expectedTotal/currency'], [{ coupon: 'x' }, '/coupon']] as const)
      expect(faultyPlaces(await place(more))).toEqual([place_]);
    await expecting(201, place());
  });

  it('wants consent to a price that rose, and passes on one that fell', async () => {
    const tea = await newProduct(shop.admin, { price: eur(250) });
    await add(tea, 2);
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(300) }));
    for (const more of [{}, { expectedTotal: eur(500) }])
      expect(problemIn(await place(more))).toMatchObject({ code: 'cart_changed', expectedTotal: eur(500), currentTotal: eur(600), changes: [{ productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) }] });
    expect(problemIn(await place({ expectedTotal: eur(601) }))).toMatchObject({ code: 'cart_changed', expectedTotal: eur(601), currentTotal: eur(600) });
    expect(await expecting(201, place({ expectedTotal: eur(600) }))).toMatchObject({ total: eur(600) });
    await add(tea, 2);
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(200) }));
    expect(await expecting(201, place())).toMatchObject({ total: eur(400) });
    await add(tea, 1);
    expect(problemIn(await place({ expectedTotal: { amount: 200, currency: 'USD' } })).code).toBe('cart_changed');
  });

  it('names every short line, rejects the order for all to see, and leaves the cart as it was', async () => {
    const [tea, mug, pot] = [await newProduct(shop.admin, { stock: 5 }), await newProduct(shop.admin, { stock: 5 }), await newProduct(shop.admin, { stock: 5 })];
    for (const productId of [tea, mug, pot]) await add(productId, 3);
    for (const productId of [tea, pot]) await expecting(201, shop.admin.post(`/products/${productId}/stock-adjustments`, { setTo: 1, reason: 'broken' }));
    const key = randomUUID();
    const refused = await place({}, key);
    const problem = problemIn(refused);
    expect(problem).toMatchObject({ code: 'insufficient_stock', orderId: expect.any(String) as string });
    expect((problem['shortages'] as { productId: string }[]).toSorted((a, b) => a.productId.localeCompare(b.productId))).toEqual(
      [tea, pot].sort((a, b) => a.localeCompare(b)).map((productId) => ({ productId, requested: 3, available: 1 })),
    );
    expect(refused.headers.get('consistency-token')).toMatch(/./);
    const rejected = await view(String(problem['orderId']));
    expectShape(rejected.body, order);
    expect(rejected.body).toMatchObject({ status: 'rejected', paymentStatus: 'none', stockStatus: 'released', compensating: false });
    expect((await expecting(200, ada.client.get('/orders?status=rejected'))).data[0]).toEqual(rejected.body);
    expect((await shop.admin.get(`/products/${mug}/stock`)).body).toMatchObject({ held: 0, available: 5 });
    expect((await ada.client.get('/cart')).body.lines).toHaveLength(3);
    const replayed = await place({}, key);
    expect([replayed.status, replayed.body, replayed.headers.get('idempotent-replayed')]).toEqual([409, refused.body, 'true']);
    for (const productId of [tea, pot]) await expecting(200, ada.client.patch(`/cart/items/${productId}`, { quantity: 1 }));
    expect((await expecting(201, place())).orderId).not.toBe(problem['orderId']);
    expect(problemIn(await ada.client.post(`/orders/${String(problem['orderId'])}/cancel`, { reason: 'r' }))).toMatchObject({ code: 'order_not_cancelable', from: 'rejected', allowed: [] });
  });

  it('counts every live order for a purchase limit', async () => {
    const tea = await newProduct(shop.admin);
    await add(tea, 2);
    await expecting(200, shop.admin.patch(`/products/${tea}`, { purchaseLimit: { quantity: 2 } }));
    const { orderId } = await expecting(201, place());
    expect(problemIn(await ada.client.post('/cart/items', { productId: tea, quantity: 1 }))).toMatchObject({ code: 'purchase_limit_exceeded', productId: tea, limit: 2, alreadyBought: 2, inCart: 0, requested: 1 });
    await expecting(200, shop.admin.patch(`/products/${tea}`, { purchaseLimit: { quantity: 3 } }));
    await add(tea, 1);
    await expecting(200, shop.admin.patch(`/products/${tea}`, { purchaseLimit: { quantity: 2 } }));
    expect(problemIn(await place())).toMatchObject({ code: 'purchase_limit_exceeded', productId: tea, limit: 2, alreadyBought: 2 });
    expect((await ada.client.get('/cart')).body).toMatchObject({ lines: [{ quantity: 1 }], problems: [{ code: 'purchase_limit_exceeded', productId: tea, limit: 2, alreadyBought: 2, inCart: 1 }] });
    await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'too many' });
    await expecting(201, place());
  });
});

describe('an order', () => {
  it('goes through its states, the customer told of each', async () => {
    const { orderId, productId } = await paid(2);
    const confirmed = await eventually(() => view(orderId), ({ body }) => body.stockStatus === 'committed');
    expect(confirmed.body).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', compensating: false });
    expect(problemIn(await advance(orderId, 'shipped'))).toMatchObject({ code: 'invalid_transition', from: 'confirmed', to: 'shipped', allowed: ['processing'] });
    for (const [to, more] of [['processing', { note: 'soon' }], ['shipped', { note: 'today', tracking: 'XY 1' }], ['delivered', {}]] as const) {
      const answer = await advance(orderId, to, more);
      expect(answer.status).toBe(200);
      expectShape(answer.body, order);
      expect(answer.body.status).toBe(to);
      expect(answer.headers.get('etag')).toMatch(/^".+"$/);
      expect(problemIn(await advance(orderId, to))).toMatchObject({ code: 'invalid_transition', from: to, to });
    }
    expect((await view(orderId)).body).toMatchObject({ status: 'delivered', tracking: 'XY 1' });
    expect(problemIn(await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'too late' }))).toMatchObject({ code: 'order_not_cancelable', from: 'delivered', allowed: [] });
    const told = await eventually(() => ada.client.get('/me/notices'), ({ body }) => (body.data as { type: string }[])[0]?.type === 'order-delivered');
    const mine = (told.body.data as { type: string; orderId: string; noticeId: string; time: string }[]).filter((notice) => notice.orderId === orderId);
    expect(mine.map(({ type }) => type)).toEqual(['order-delivered', 'order-shipped', 'order-processing', 'order-confirmed']);
    for (const notice of mine) expect([uuid(notice.noticeId), time(notice.time)]).toEqual([true, true]);
    const stock = await eventually(() => shop.admin.get(`/products/${productId}/stock`), ({ body }) => body.onHand === 98);
    expect(stock.body).toEqual({ productId, onHand: 98, held: 0, committed: 0, available: 98 });
  });

  it.each<[string, object, string]>([
    ['canceled', { to: 'canceled' }, '/to'],
    ['confirmed', { to: 'confirmed' }, '/to'],
    ['nowhere', {}, '/to'],
    ['a note of nothing', { to: 'processing', note: '' }, '/note'],
    ['a note of 501', { to: 'processing', note: 'n'.repeat(501) }, '/note'],
    ['a number for tracking', { to: 'shipped', tracking: 1 }, '/tracking'],
  ])('does not take a transition to %s', async (_, body, place_) => {
    const { orderId } = await ordered();
    expect(faultyPlaces(await shop.admin.post(`/orders/${orderId}/transitions`, body))).toEqual([place_]);
    expect(problemIn(await shop.admin.post(`/orders/${randomUUID()}/transitions`, { to: 'processing' })).code).toBe('not_found');
    expect(problemIn(await advance(orderId, 'processing'))).toMatchObject({ code: 'invalid_transition', from: 'pending', to: 'processing' });
  });

  it('is canceled by its customer or an admin, and everything comes back', async () => {
    for (const [client, by] of [[ada.client, 'customer'], [shop.admin, 'admin']] as const) {
      const { orderId, productId } = await paid();
      const canceled = await client.post(`/orders/${orderId}/cancel`, { reason: 'r'.repeat(500), note: 'n' });
      expect([200, 202]).toContain(canceled.status);
      expectShape(canceled.body, order);
      expect(canceled.body.status).toBe('canceled');
      const ended = await eventually(() => view(orderId), ({ body }) => body.compensating === false);
      expect(ended.body).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released' });
      expect((await shop.admin.get(`/products/${productId}/stock`)).body).toMatchObject({ onHand: 100, available: 100 });
      expect(problemIn(await client.post(`/orders/${orderId}/cancel`, { reason: 'again' }))).toMatchObject({ code: 'order_not_cancelable', from: 'canceled', allowed: [] });
      expect((await ada.client.get('/me/notices')).body.data[0]).toMatchObject({ type: 'order-canceled', orderId, by });
    }
  });

  it('is canceled at once when nothing was paid', async () => {
    const { orderId } = await ordered();
    expect(await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' })).toMatchObject({ status: 200, body: { status: 'canceled', paymentStatus: 'none', stockStatus: 'released', compensating: false } });
    for (const body of [{}, { reason: '' }, { reason: 'r'.repeat(501) }, { reason: 7 }, { reason: '\u0000' }]) expect(faultyPlaces(await ada.client.post(`/orders/${orderId}/cancel`, body))).toEqual(['/reason']);
  });

  it('that waits for its refund says so', async () => {
    const made = await ordered();
    await expecting(201, payFor(ada, made, 'card_refund_fails'));
    const canceled = await ada.client.post(`/orders/${made.orderId}/cancel`, { reason: 'no' });
    expect(canceled).toMatchObject({ status: 202, body: { status: 'canceled', paymentStatus: 'paid', compensating: true } });
    expectShape(canceled.body, order);
  });

  it('expires when it is not paid in time, and its stock comes back', async () => {
    const { orderId, productId } = await ordered();
    shop.putForward(30 * 60_000 + 1);
    const expired = await eventually(() => view(orderId), ({ body }) => body.status === 'expired' && body.compensating === false);
    expect(expired.body).toMatchObject({ paymentStatus: 'none', stockStatus: 'released' });
    expect((await shop.admin.get(`/products/${productId}/stock`)).body).toMatchObject({ held: 0, available: 100 });
    expect(problemIn(await payFor(ada, { orderId, total: eur(1000) }))).toMatchObject({ code: 'order_not_payable', from: 'expired', allowed: [] });
  });

  it('has a history that admins look back into', async () => {
    const { orderId } = await paid();
    const now = await eventually(() => view(orderId), ({ body }) => body.stockStatus === 'committed');
    const first = await view(orderId, '?revision=0', shop.admin);
    expect(first).toMatchObject({ status: 200, body: { orderId, status: 'pending', stockStatus: 'requested', paymentStatus: 'none', revision: 0 } });
    expectShape(first.body, order);
    expect(first.headers.get('etag')).not.toBe(now.headers.get('etag'));
    expect((await view(orderId, `?revision=${now.body.revision as number}`, shop.admin)).body).toEqual(now.body);
    expect((await view(orderId, `?at=${new Date(shop.now()).toISOString()}`, shop.admin)).body).toEqual(now.body);
    expect((await view(orderId, `?at=${now.body.placedAt as string}`, shop.admin)).status).toBe(200);
    for (const query of ['?at=2020-01-01T00:00:00Z', `?revision=${(now.body.revision as number) + 1}`, '?revision=999999999999']) expect(problemIn(await view(orderId, query, shop.admin)).code).toBe('not_found');
    for (const [query, parameter] of [['?at=yesterday', 'at'], ['?at=2020-01-01', 'at'], ['?at=', 'at'], ['?at=2020-13-01T00:00:00Z', 'at'], ['?at=2021-02-29T00:00:00Z', 'at'], ['?at=2020-04-31T00:00:00Z', 'at'], ['?revision=-1', 'revision'], ['?revision=x', 'revision'], ['?revision=1.5', 'revision'], ['?revision=1e3', 'revision'], ['?revision=', 'revision'], ['?at=2020-01-01T00:00:00Z&at=2020-01-01T00:00:00Z', 'at'], ['?revision=0&revision=0', 'revision']] as const)
      expect([query, faultyPlaces(await view(orderId, query, shop.admin))]).toEqual([query, [parameter]]);
    expect(problemIn(await view(orderId, '?revision=0')).code).toBe('forbidden');
    expect(problemIn(await view(randomUUID(), '?revision=0', shop.admin)).code).toBe('not_found');
  });

  it('has a timeline of all contexts, oldest first, in pages', async () => {
    const { orderId, productId } = await paid(2);
    await expecting(200, advance(orderId, 'processing'));
    await expecting(202, ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' })).catch(() => undefined);
    const timeline = (query = '') => ada.client.get(`/orders/${orderId}/timeline${query}`);
    const { body } = await eventually(timeline, ({ body: { data } }) => (data as { type: string }[]).some(({ type }) => type === 'compensation-completed'));
    const data = body.data as { type: string; time: string; actor: string; causationId: string; productId?: string; quantity?: number }[];
    const types = data.map(({ type }) => type);
    for (const type of ['order-placed', 'stock-held', 'cart-checked-out', 'payment-initiated', 'payment-captured', 'order-confirmed', 'stock-committed', 'order-processing', 'order-canceled', 'stock-released', 'refund-requested', 'refund-succeeded', 'compensation-completed'])
      expect(types).toContain(type);
    expect(types.indexOf('order-placed')).toBeLessThan(types.indexOf('stock-held'));
    expect(types.indexOf('payment-captured')).toBeLessThan(types.indexOf('order-confirmed'));
    for (const entry of data) expect([text(entry.type), time(entry.time), text(entry.actor), uuid(entry.causationId)]).toEqual([true, true, true, true]);
    expect(data.map((entry) => entry.time)).toEqual(data.map((entry) => entry.time).toSorted());
    expect(data.find(({ type }) => type === 'stock-held')).toMatchObject({ productId, quantity: 2 });
    const inPages: unknown[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Answer = await timeline(`?limit=5${next === '' ? '' : `&cursor=${next}`}`);
      expectShape(page.body, pageOf(() => true));
      expect(page.body.data.length).toBeLessThanOrEqual(5);
      inPages.push(...(page.body.data as unknown[]));
      next = page.body.page.next as string | null;
    }
    expect(inPages).toEqual(data);
    expect(faultyPlaces(await timeline('?limit=0'))).toEqual(['limit']);
    expect(faultyPlaces(await timeline('?cursor=x'))).toEqual(['cursor']);
  });
});

describe('the lists of orders', () => {
  it('are the customer\'s own, and the admin\'s all, newest first, filtered', async () => {
    const eve = await newCustomer(shop.client);
    const mine = await paid();
    const open = await ordered();
    const list = async (client: Customer['client'], path: string) => {
      const { status, body } = await client.get(path);
      expect(status).toBe(200);
      expectShape(body, pageOf(order));
      return (body.data as { orderId: string; placedAt: string }[]).map(({ orderId }) => orderId);
    };
    expect((await list(ada.client, '/orders')).slice(0, 2)).toEqual([open.orderId, mine.orderId]);
    expect(await list(eve.client, '/orders')).toEqual([]);
    expect((await list(ada.client, '/orders?status=pending'))[0]).toBe(open.orderId);
    expect((await list(ada.client, '/orders?status=confirmed'))[0]).toBe(mine.orderId);
    expect((await list(shop.admin, '/admin/orders')).slice(0, 2)).toEqual([open.orderId, mine.orderId]);
    expect((await list(shop.admin, `/admin/orders?customerId=${ada.customerId}&paymentStatus=paid&status=confirmed`))[0]).toBe(mine.orderId);
    expect(await list(shop.admin, `/admin/orders?customerId=${eve.customerId}`)).toEqual([]);
    expect(await list(shop.admin, '/admin/orders?paymentStatus=voided')).toEqual([]);
    expect(await list(shop.admin, '/orders')).toEqual([]);
    for (const [path, parameter] of [['/orders?status=lost', 'status'], ['/orders?status=', 'status'], ['/orders?status=pending&status=paid', 'status']] as const) expect(faultyPlaces(await ada.client.get(path))).toEqual([parameter]);
    for (const [path, parameter] of [['/admin/orders?status=x', 'status'], ['/admin/orders?paymentStatus=x', 'paymentStatus'], ['/admin/orders?customerId=x', 'customerId']] as const) expect(faultyPlaces(await shop.admin.get(path))).toEqual([parameter]);
  });
});
