import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { cartIdOf, orderIdOf } from '@tillroll/contracts';
import { cartType } from '@tillroll/cart/aggregate-types';
import { ChangeCart } from '@tillroll/cart/http/change-cart';
import { CurrentCarts } from '@tillroll/cart/queries/current-carts';
import { uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import type { ReadModels } from '@tillroll/read-models';
import { type Customer, expecting, newCustomer, newProduct } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const LEASE_MS = 120_000;
const noHints: ReadModels = { get: async () => undefined, find: async () => [] };

describe('carts at the checkout', () => {
  let shop: ShopInProcess;
  let ada: Customer;
  let tea: string;

  beforeAll(async () => {
    shop = await startShopInProcess();
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    ada = await newCustomer(shop.client);
    tea = await newProduct(shop.admin, { price: eur(250), stock: 1000 });
  });

  const aggregates = () => shop.app().get<Aggregates>(AGGREGATES);
  const add = (quantity = 1) => ada.client.post('/cart/items', { productId: tea, quantity });
  const order = (more = {}) => ada.client.post('/orders', { addressId: ada.addressId, ...more }, { key: randomUUID() });
  const cause = (): Cause => {
    const commandId = randomUUID();
    return { commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' };
  };

  /** A checkout that nobody goes on with. */
  async function lockTheCart(): Promise<string> {
    const cartId = cartIdOf(ada.customerId, 0);
    const orderId = orderIdOf(cartId, 0);
    const products = new Map([[tea, { productId: tea, name: 'Tea', price: eur(250), onSale: true, available: 10 }]]);
    const { revision } = await aggregates().execute(
      cartType,
      cartId,
      { type: 'LockCart', cartId, customerId: ada.customerId, orderId, cartNumber: 0, checkoutNumber: 0, expectedTotal: undefined, products, leaseMs: LEASE_MS, at: shop.now() },
      cause(),
    );
    expect(revision).toBe(1);
    return cartId;
  }

  it('R14: refuses changes while a checkout runs, and takes over a lease that nobody finishes', async () => {
    await expecting(200, add(2));
    const cartId = await lockTheCart();
    for (const refused of [await add(), await ada.client.patch(`/cart/items/${tea}`, { quantity: 1 }), await ada.client.delete(`/cart/items/${tea}`), await ada.client.delete('/cart/items')]) {
      expect(refused).toMatchObject({ status: 409, body: { code: 'cart_locked' } });
      expect(refused.body.retryAfterMs).toBeGreaterThan(0);
      expect(refused.body.retryAfterMs).toBeLessThanOrEqual(LEASE_MS);
    }
    expect((await expecting(200, ada.client.get('/cart'))).lines).toMatchObject([{ productId: tea, quantity: 2 }]);
    shop.putForward(LEASE_MS);
    expect(await expecting(200, add())).toMatchObject({ lines: [{ quantity: 3 }] });
    const placed = await expecting(201, order());
    expect(placed.orderId).toBe(orderIdOf(cartId, 1));
    expect(placed.lines).toMatchObject([{ quantity: 3 }]);
  });

  it('opens the next cart after each order', async () => {
    for (let n = 0; n < 4; n++) {
      expect(await expecting(200, add(n + 1))).toMatchObject({ revision: 0, lines: [{ quantity: n + 1 }] });
      expect((await expecting(201, order())).orderId).toBe(orderIdOf(cartIdOf(ada.customerId, n), 0));
      expect((await expecting(200, ada.client.get('/cart'))).lines).toEqual([]);
    }
    expect((await order()).body).toMatchObject({ status: 409, code: 'cart_empty' });
  });

  it('finds the cart without any hint, as after a restart or while the hints are rebuilt', async () => {
    for (let n = 0; n < 5; n++) {
      await expecting(200, add());
      await expecting(201, order());
    }
    await expecting(200, add(7));
    const found = await new CurrentCarts(aggregates(), noHints).of(ada.customerId);
    expect(found).toMatchObject({ cartId: cartIdOf(ada.customerId, 5), cartNumber: 5, revision: 0 });
    shop = await shop.restart();
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
    expect((await expecting(200, ada.client.get('/cart'))).lines).toMatchObject([{ productId: tea, quantity: 7 }]);
    expect((await expecting(200, add())).lines).toMatchObject([{ quantity: 8 }]);
  });

  it('keeps its lines when the order is rejected, and goes on at once', async () => {
    const rare = await newProduct(shop.admin, { stock: 1 });
    const eve = await newCustomer(shop.client);
    for (const { client } of [ada, eve]) await expecting(200, client.post('/cart/items', { productId: rare, quantity: 1 }));
    await expecting(201, eve.client.post('/orders', { addressId: eve.addressId }, { key: randomUUID() }));
    const rejected = await order();
    expect(rejected).toMatchObject({ status: 409, body: { code: 'insufficient_stock', shortages: [{ productId: rare, requested: 1, available: 0 }] } });
    const again = await order();
    expect(again).toMatchObject({ status: 409, body: { code: 'insufficient_stock' } });
    expect(again.body.orderId).not.toBe(rejected.body.orderId);
    expect((await expecting(200, ada.client.get('/cart'))).lines).toMatchObject([{ productId: rare, quantity: 1 }]);
    await expecting(201, shop.admin.post(`/products/${rare}/stock-adjustments`, { delta: 1, reason: 'found one' }));
    await expecting(201, order());
  });

  it('R11: does not order at a price that has risen, unless the customer says so', async () => {
    await expecting(200, add(2));
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(300) }));
    expect((await order()).body).toMatchObject({
      status: 409,
      code: 'cart_changed',
      expectedTotal: eur(500),
      currentTotal: eur(600),
      changes: [{ productId: tea, oldUnitPrice: eur(250), newUnitPrice: eur(300) }],
    });
    expect((await order({ expectedTotal: eur(500) })).body).toMatchObject({ status: 409, code: 'cart_changed' });
    expect(await expecting(201, order({ expectedTotal: eur(600) }))).toMatchObject({ total: eur(600) });
  });

  it('passes on a price that fell', async () => {
    await expecting(200, add(2));
    await expecting(200, shop.admin.patch(`/products/${tea}`, { price: eur(200) }));
    expect(await expecting(201, order())).toMatchObject({ total: eur(400) });
  });

  it('does not order what was withdrawn', async () => {
    await expecting(200, add(2));
    await expecting(200, shop.admin.patch(`/products/${tea}`, { onSale: false }));
    expect((await order()).body).toMatchObject({ status: 404, code: 'product_not_found', productId: tea });
    await expecting(200, ada.client.delete(`/cart/items/${tea}`));
  });

  it('R13: finds the first outcome of a request that is repeated after its cart was checked out', async () => {
    const keyed: Cause = { ...cause(), commandId: uuid5('key', ada.customerId), keyed: true };
    const once = () => shop.app().get(CommandBus).execute(new ChangeCart(ada.customerId, { type: 'AddItem', productId: tea, quantity: 2 }, keyed, () => undefined));
    expect((await once()).view.lines).toMatchObject([{ quantity: 2 }]);
    await expecting(201, order());
    const repeated = await once();
    expect(repeated.cartId).toBe(cartIdOf(ada.customerId, 0));
    expect(repeated.view.lines).toMatchObject([{ quantity: 2 }]);
    expect((await expecting(200, ada.client.get('/cart'))).lines).toEqual([]);
  });

  it('makes one order of one cart, however many tabs place it', async () => {
    await expecting(200, add(2));
    const answers = await Promise.all(Array.from({ length: 5 }, () => order()));
    const orders = new Set(answers.filter(({ status }) => status === 201 || status === 202).map(({ body }) => body.orderId as string));
    expect([...orders]).toEqual([orderIdOf(cartIdOf(ada.customerId, 0), 0)]);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    expect((await expecting(200, ada.client.get('/orders'))).data).toHaveLength(1);
  });
});
