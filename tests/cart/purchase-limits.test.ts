import { randomUUID } from 'node:crypto';
import { type Customer, expecting, newCustomer, newProduct, payFor } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('purchase limits, as the cart sees them', () => {
  let shop: ShopInProcess;
  let ada: Customer;

  beforeEach(async () => {
    shop = await startShopInProcess();
    ada = await newCustomer(shop.client);
  });
  afterEach(() => shop.close());

  const add = (productId: string, quantity: number) => ada.client.post('/cart/items', { productId, quantity });
  const order = () => expecting(201, ada.client.post('/orders', { addressId: ada.addressId }, { key: randomUUID() }));

  it('count what was ordered before, until the order is canceled', async () => {
    const tea = await newProduct(shop.admin, { purchaseLimit: { quantity: 3 } });
    await expecting(200, add(tea, 2));
    const { orderId } = await order();
    expect((await add(tea, 2)).body).toMatchObject({ code: 'purchase_limit_exceeded', limit: 3, alreadyBought: 2, inCart: 0, requested: 2 });
    await expecting(200, add(tea, 1));
    expect((await add(tea, 1)).body).toMatchObject({ code: 'purchase_limit_exceeded', limit: 3, alreadyBought: 2, inCart: 1, requested: 1 });
    expect((await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' })).status).toBeLessThan(300);
    expect(await expecting(200, add(tea, 2))).toMatchObject({ lines: [{ quantity: 3 }], problems: [] });
  });

  it('count only what was bought inside the window', async () => {
    const tea = await newProduct(shop.admin, { purchaseLimit: { quantity: 3, days: 7 } });
    await expecting(200, add(tea, 3));
    await expecting(201, payFor(ada, await order()));
    expect((await add(tea, 1)).body).toMatchObject({ code: 'purchase_limit_exceeded', alreadyBought: 3 });
    shop.putForward(7 * DAY_MS + 1);
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
    await expecting(200, add(tea, 3));
  });
});
