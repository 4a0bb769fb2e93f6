import { type MailServer, startMailServer } from '@tillroll/order/notices/testing/mail-server';
import { type Customer, eventually, newCustomer, newProduct, placeOrder } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

const FIRST_RETRY_MS = 5_000;

describe('mail to customers', () => {
  let shop: ShopInProcess;
  let server: MailServer;
  let ada: Customer;

  beforeEach(async () => {
    server = await startMailServer();
    shop = await startShopInProcess({ SMTP_URL: server.url, MAIL_FROM: 'The Shop <shop@shop.example>' });
    ada = await newCustomer(shop.client);
  });
  afterEach(async () => {
    await shop.close();
    await server.close();
  });

  async function canceledOrder(): Promise<string> {
    const { orderId } = (await placeOrder(ada, await newProduct(shop.admin))).body as { orderId: string };
    await ada.client.post(`/orders/${orderId}/cancel`, { reason: 'no' });
    return orderId;
  }

  it('tells them once, also when the shop starts again', async () => {
    const orderId = await canceledOrder();
    const first = await server.mail(0);
    expect(first.to).toMatchObject({ value: [{ address: ada.email, name: 'Ada Lovelace' }] });
    expect(first.subject).toBe('Your order was canceled');
    expect(first.text).toContain(orderId);
    shop = await shop.restart();
    ada = { ...ada, client: await shop.client.signIn(ada.email, ada.password) };
    const next = await canceledOrder();
    expect((await server.mail(1)).text).toContain(next);
    expect(server.received).toHaveLength(2);
  });

  it('is sent again when the server could not take it at first', async () => {
    server.refuseWith(451);
    const orderId = await canceledOrder();
    await server.refusal();
    server.refuseWith(undefined);
    const count = () => {
      shop.putForward(FIRST_RETRY_MS);
      return Promise.resolve(server.received.length);
    };
    await eventually(count, (mails) => mails > 0);
    expect(server.received[0]?.text).toContain(orderId);
  });
});
