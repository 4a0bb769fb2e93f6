import { randomUUID } from 'node:crypto';
import { orderOf, statusesOf, stockOf } from '../support/shop-books';
import { type Customer, eventually, expecting, newCustomer, newProduct, type ShopClient } from '../support/shop-client';
import { shopOfThisFile } from '../support/shop-of-this-file';

const MANY = 8;
const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('races of placing orders', () => {
  const shop = shopOfThisFile({ customers: MANY });
  const customers = () => shop().customers;
  const ada = () => customers()[0] as Customer;

  const add = (client: ShopClient, productId: string, quantity = 1) => client.post('/cart/items', { productId, quantity });
  const place = ({ client, addressId }: Customer, more: object = {}, key: string = randomUUID()) => client.post('/orders', { addressId, ...more }, { key });
  const emptyCarts = () => Promise.all(customers().map(({ client }) => expecting(200, client.delete('/cart/items'))));

  it('R12: two customers, one last unit: one gets it, all others learn that it is gone', async () => {
    const productId = await newProduct(shop().admin, { stock: 1 });
    await Promise.all(customers().map(({ client }) => expecting(200, add(client, productId))));
    const answers = await Promise.all(customers().map((customer) => place(customer)));
    expect(statusesOf(answers)).toEqual([201, ...Array.from({ length: MANY - 1 }, () => 409)]);
    const losers = customers().filter((_, i) => answers[i]?.status === 409);
    for (const { status, body } of answers)
      if (status === 409) expect(body).toMatchObject({ code: 'insufficient_stock', shortages: [{ productId, requested: 1, available: 0 }], orderId: expect.any(String) });
    expect(await stockOf(shop().admin, productId)).toMatchObject({ onHand: 1, held: 1, available: 0 });

    for (const { client } of losers) expect(await expecting(200, client.get('/cart'))).toMatchObject({ lines: [{ productId, quantity: 1 }] });
    for (const { body } of answers.filter(({ status }) => status === 409))
      expect(await orderOf(shop().admin, body.orderId)).toMatchObject({ status: 'rejected', stockStatus: 'released', compensating: false });
    await emptyCarts();
  });

  it('R12: two last units wanted together by all, in whatever order: one order gets both', async () => {
    const [tea, cup] = [await newProduct(shop().admin, { stock: 1 }), await newProduct(shop().admin, { stock: 1 })];
    await Promise.all(
      customers().map(async ({ client }, i) => {
        for (const productId of i % 2 === 0 ? [tea, cup] : [cup, tea]) await expecting(200, add(client, productId));
      }),
    );
    const answers = await Promise.all(customers().map((customer) => place(customer)));
    expect(statusesOf(answers)).toEqual([201, ...Array.from({ length: MANY - 1 }, () => 409)]);
    for (const productId of [tea, cup]) await eventually(() => stockOf(shop().admin, productId), ({ held }) => held === 1);
    await emptyCarts();
  });

  it('R12: the last unit that comes back goes to one of those who wait for it', async () => {
    const productId = await newProduct(shop().admin, { stock: 1 });
    const [first, ...others] = customers() as [Customer, ...Customer[]];
    for (const { client } of others) await expecting(200, add(client, productId));
    await expecting(200, add(first.client, productId));
    const held = await expecting(201, place(first));
    const [canceled, ...answers] = await Promise.all([first.client.post(`/orders/${held.orderId}/cancel`, { reason: 'changed my mind' }), ...others.map((customer) => place(customer))]);
    expect(canceled.status).toBe(200);
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const won = answers.filter(({ status }) => status === 201).length;
    expect(await eventually(() => stockOf(shop().admin, productId), (stock) => stock.held === won)).toMatchObject({ onHand: 1, available: 1 - won });
    await emptyCarts();
  });

  it('R11: price changed between view and place: nothing is created, and the new total can be consented to', async () => {
    const { client } = ada();
    const productId = await newProduct(shop().admin, { price: eur(1_000) });
    const seen = await expecting(200, add(client, productId, 2));
    await expecting(200, shop().admin.patch(`/products/${productId}`, { price: eur(1_100) }));
    const refused = await eventually(() => place(ada(), { expectedTotal: seen.total }), ({ status }) => status !== 201);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'cart_changed', expectedTotal: eur(2_000), currentTotal: eur(2_200), changes: [{ productId, oldUnitPrice: eur(1_000), newUnitPrice: eur(1_100) }] },
    });
    expect(await place(ada())).toMatchObject({ status: 409, body: { code: 'cart_changed' } });
    expect(await stockOf(shop().admin, productId)).toMatchObject({ held: 0 });
    expect(await place(ada(), { expectedTotal: refused.body.currentTotal })).toMatchObject({ status: 201, body: { total: eur(2_200) } });
  });

  it('R11: a price that changes while orders are placed: each is at the total that its customer saw, or not at all', async () => {
    const productId = await newProduct(shop().admin, { price: eur(1_000) });
    await Promise.all(customers().map(({ client }) => expecting(200, add(client, productId))));
    const placings = customers().map((customer) => place(customer, { expectedTotal: eur(1_000) }));
    const risen = shop().admin.patch(`/products/${productId}`, { price: eur(1_300) });
    const answers = await Promise.all(placings);
    await expecting(200, risen);
    for (const { status, body } of answers) {
      if (status === 201) expect(body.total).toEqual(eur(1_000));
      else expect([status, body.code, body.currentTotal]).toEqual([409, 'cart_changed', eur(1_300)]);
    }
    expect(await stockOf(shop().admin, productId)).toMatchObject({ held: answers.filter(({ status }) => status === 201).length });
    await emptyCarts();
  });

  it('R14: add to cart while checkout runs: refused, or in the order, or in the next cart, never lost', async () => {
    const { client } = ada();
    const productId = await newProduct(shop().admin, { stock: 500 });
    for (let round = 0; round < 6; round++) {
      await expecting(200, add(client, productId));
      const adding = () => Array.from({ length: 3 }, () => add(client, productId));
      const [placed, ...added] = await Promise.all([place(ada()), ...adding(), ...adding()]);
      expect(placed.status).toBe(201);
      for (const { status, body } of added) expect([200, 'cart_locked']).toContain(status === 409 ? body.code : status);
      const accepted = added.filter(({ status }) => status === 200).length;
      const left = await expecting(200, client.get('/cart'));
      const quantity = (lines: readonly { readonly quantity: number }[]) => lines.reduce((sum, line) => sum + line.quantity, 0);
      expect(quantity(placed.body.lines) + quantity(left.lines)).toBe(1 + accepted);
      await expecting(200, client.delete('/cart/items'));
    }
  });

  it('R16: stock adjusted below what is held: accepted, recorded and listed; the orders go on', async () => {
    const productId = await newProduct(shop().admin, { stock: MANY });
    await Promise.all(customers().map(({ client }) => expecting(200, add(client, productId))));
    const placings = customers().map((customer) => place(customer));
    const counted = await shop().admin.post(`/products/${productId}/stock-adjustments`, { setTo: 2, reason: 'a pallet fell' });
    const answers = await Promise.all(placings);
    expect(counted).toMatchObject({ status: 201, body: { onHand: 2 } });
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const held = answers.filter(({ status }) => status === 201).length;
    expect(await stockOf(shop().admin, productId)).toMatchObject({ onHand: 2, held, available: 2 - held });
    const shortfalls = async () => (await expecting(200, shop().admin.get('/admin/shortfalls?limit=100'))).data.filter((listed: { productId: string }) => listed.productId === productId);
    expect(await shortfalls()).toMatchObject(held > 2 ? [{ productId, shortfall: held - 2 }] : []);

    await expecting(201, shop().admin.post(`/products/${productId}/stock-adjustments`, { delta: MANY, reason: 'found behind it' }));
    await eventually(shortfalls, (listed) => listed.length === 0);
    await emptyCarts();
  });

  it('an order whose checkout was under way when its customer asked to be forgotten is canceled like the others', async () => {
    const productId = await newProduct(shop().admin, { stock: MANY });
    const leaving = await Promise.all(Array.from({ length: MANY }, () => newCustomer(shop().client)));
    await Promise.all(leaving.map(({ client }) => expecting(200, add(client, productId))));
    const placed = leaving.map((customer) => place(customer));
    await Promise.all(leaving.map(({ client }) => expecting(202, client.delete('/me'))));
    const orders = (await Promise.all(placed)).filter(({ status }) => status === 201);
    expect(orders.length).toBeGreaterThan(0);
    for (const { body } of orders)
      await eventually(() => orderOf(shop().admin, body.orderId), ({ status, stockStatus }) => status === 'canceled' && stockStatus === 'released');
    expect(await stockOf(shop().admin, productId)).toMatchObject({ held: 0, available: MANY });
  });
});
