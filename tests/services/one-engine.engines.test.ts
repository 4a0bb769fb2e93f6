import { startEventStoreDbDouble } from '@tillroll/event-store/testing/eventstoredb-double/double';
import { startBrokers } from '../../scripts/engines/kafka.mjs';
import { engineAddresses, ownDatabase, runToEnd } from '../support/service-processes';
import { orderOf, stockOf } from '../support/shop-books';
import { ADMIN, eventually, newCustomer, newProduct, payFor, placeOrder } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';

jest.setTimeout(300_000);

/** The shop in one process, one of its ports on an engine and the others in the data directory: it sells, and goes on after a restart. */
async function sells(settings: Readonly<Record<string, string>>): Promise<void> {
  const data = temporaryDataDirectory();
  try {
    for (let start = 1; start <= 2; start++) {
      const shop = await startShopProcess(data.path, settings);
      try {
        const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
        const productId = await newProduct(admin, { stock: 5 });
        const ada = await newCustomer(shop.client);
        const placed = await placeOrder(ada, productId, 2);
        expect([201, 202]).toContain(placed.status);
        const order = await eventually(() => orderOf(ada.client, placed.body.orderId), ({ stockStatus }) => stockStatus === 'held');
        expect((await payFor(ada, order, 'card_ok')).status).toBe(201);
        await eventually(() => orderOf(ada.client, order.orderId), ({ status, stockStatus }) => status === 'confirmed' && stockStatus === 'committed');
        expect(await eventually(() => stockOf(admin, productId), ({ committed }) => committed === 2)).toMatchObject({ onHand: 5, held: 0 });
      } finally {
        expect(await shop.kill('SIGTERM')).toBe(0);
      }
    }
  } finally {
    data.remove();
  }
}

describe('one process with one engine', () => {
  it('EventStoreDB', async () => {
    const data = temporaryDataDirectory();
    const double = await startEventStoreDbDouble({ directory: data.path });
    try {
      await sells({ EVENTSTORE_URL: double.url });
    } finally {
      await double.close();
      data.remove();
    }
  });

  it('Kafka', async () => {
    const data = temporaryDataDirectory();
    const brokers = await startBrokers({ directory: data.path });
    try {
      await runToEnd('shop/dist/topics.js', { KAFKA_BROKERS: brokers.address });
      await sells({ KAFKA_BROKERS: brokers.address });
    } finally {
      await brokers.stop();
      data.remove();
    }
  });

  it('MongoDB', () => sells({ MONGODB_URL: ownDatabase(engineAddresses().MONGODB_URL) }));
});
