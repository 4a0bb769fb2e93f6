import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store';
import { startEventStoreDbDouble } from '@tillroll/event-store/testing/eventstoredb-double/double';
import { systemClock } from '@tillroll/kernel';
import { openMongo, openMongoAdapters } from '@tillroll/mongodb';
import { keptSecrets } from '@tillroll/secrets';
import { ADMIN, expecting, newCustomer, newProduct, placeOrder } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';
import { fillShop, migrate } from './moved-shop';

jest.setTimeout(240_000);

/** A database of its own on the server that the setting names. */
function ownDatabase(): string {
  const url = new URL(process.env['MONGODB_URL'] ?? '');
  url.pathname = `/moved_${randomUUID().slice(0, 8)}`;
  return url.href;
}

it('moves keys and records to MongoDB, where the shop goes on', async () => {
  const [source, events, keep] = [temporaryDataDirectory(), temporaryDataDirectory(), temporaryDataDirectory()];
  await fillShop(source.path, 3);
  const double = await startEventStoreDbDouble({ directory: events.path });
  const mongodb = ownDatabase();
  const rest = join(keep.path, 'data');
  const args = ['--from', source.path, '--to', double.url, '--mongodb', mongodb, '--keep', rest];
  expect(await migrate(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('idempotency records') as string });
  expect(await migrate(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was changed') as string });

  const connection = await openMongo({ url: mongodb, clock: systemClock });
  const adapters = await openMongoAdapters(connection);
  const engine = EmbeddedEngine.open({ directory: source.path, readOnly: true });
  for (const { name, value } of keptSecrets(engine)) expect([name, (await adapters.secrets.get(name))?.toString('hex')]).toEqual([name, value?.toString('hex')]);
  const uses = engine.prepare('SELECT id FROM idempotency').all();
  await engine.close();
  expect(uses.length).toBeGreaterThan(0);
  for (const context of ['cart', 'order', 'payment']) expect(await adapters.relayCheckpoints.get(context)).toBeGreaterThan(0);
  await adapters.close();
  await connection.close();

  const shop = await startShopProcess(rest, { EVENTSTORE_URL: double.url, MONGODB_URL: mongodb });
  const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  expect((await expecting(200, admin.get('/admin/orders?limit=100'))).data).toHaveLength(3);
  expect((await placeOrder(await newCustomer(shop.client), await newProduct(admin, { stock: 3 }))).status).toBe(201);
  await shop.kill('SIGTERM');
  await double.close();
  for (const directory of [source, events, keep]) directory.remove();
});
