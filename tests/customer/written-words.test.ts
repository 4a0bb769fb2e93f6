import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audited } from '../support/audited';
import { orderOf } from '../support/shop-books';
import { ADMIN, eventually, expecting, newCustomer, newProduct, payFor, placeOrder } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const directory = temporaryDataDirectory();
afterAll(() => directory.remove());

/** Every file of the directory, as one text. */
const everyByteIn = (path: string): string =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

it('what is written about an order in free text is shown while its customer is known, and then gone from every file', async () => {
  const shop = await startShopProcess(directory.path);
  const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  const customer = await newCustomer(shop.client);
  const order = await expecting(201, placeOrder(customer, await newProduct(admin, { stock: 1 })));
  await expecting(201, payFor(customer, order, 'card_ok'));
  await expecting(200, admin.post(`/orders/${order.orderId}/transitions`, { to: 'processing', note: 'gift wrapping for Augusta-Ada-King' }));
  const canceled = await customer.client.post(`/orders/${order.orderId}/cancel`, { reason: 'I moved from Piccadilly-Terrace-13', note: 'regards, Augusta-Ada-King' });
  expect([200, 202]).toContain(canceled.status);

  const timeline = async (): Promise<readonly object[]> => (await expecting(200, admin.get(`/orders/${order.orderId}/timeline`))).data;
  const told = { reason: 'I moved from Piccadilly-Terrace-13', by: 'customer' };
  await eventually(timeline, (entries) => entries.some((entry) => 'type' in entry && entry.type === 'compensation-completed'));
  expect(await timeline()).toContainEqual(expect.objectContaining({ type: 'order-processing', note: 'gift wrapping for Augusta-Ada-King' }));
  expect(await timeline()).toContainEqual(expect.objectContaining({ type: 'order-canceled', ...told, note: 'regards, Augusta-Ada-King' }));
  const { data: notices } = await expecting(200, customer.client.get('/me/notices'));
  expect(notices).toContainEqual(expect.objectContaining({ type: 'order-canceled', ...told }));

  await expecting(202, customer.client.delete('/me'));
  await eventually(() => orderOf(admin, order.orderId), ({ address }) => address === undefined);
  const [afterwards] = (await timeline()).filter((entry) => 'type' in entry && entry.type === 'order-canceled');
  expect(afterwards).toMatchObject({ by: 'customer' });
  expect(afterwards).not.toHaveProperty('reason');
  await shop.kill('SIGTERM');
  const bytes = everyByteIn(directory.path);
  for (const trace of ['Augusta-Ada-King', 'Piccadilly-Terrace-13']) expect(bytes.includes(trace)).toBe(false);
  await audited(directory.path);
});
