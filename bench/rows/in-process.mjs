import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryDirectory } from '../servers.mjs';

const require = createRequire(import.meta.url);
const { EmbeddedEngine, openEmbeddedEventStore, openEmbeddedSnapshotCache } = require('@tillroll/event-store');
const { createTranslator } = require('@tillroll/event-bus');
const { stockType } = require('@tillroll/inventory/aggregate-types');
const { systemClock, uuid5, uuid7 } = require('@tillroll/kernel');
const { orderPublications } = require('@tillroll/order/public');
const { ordersProjection } = require('@tillroll/order/read/orders-projection');
const { AggregateRuntime, eventLogOf, ProjectionRunner } = require('@tillroll/processing');
const { openEmbeddedReadModels } = require('@tillroll/read-models');

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const cause = () => {
  const commandId = uuid7(Date.now());
  return { commandId, correlationId: commandId, causationId: commandId, actor: 'system:bench' };
};

async function withEngine(work) {
  const directory = temporaryDirectory();
  const engine = EmbeddedEngine.open({ directory });
  const store = openEmbeddedEventStore({ engine });
  try {
    return await work({ directory, engine, store });
  } finally {
    await store.close();
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function atOnce(workers, seconds, work) {
  let count = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() < end) await work(count++);
    }),
  );
  return count / ((performance.now() - began) / 1000);
}

const item = (cartId) => ({ type: 'ItemAdded', cartId, customerId: cartId, productId: 'earl-grey-100', quantity: 1, unitPrice: { amount: 690, currency: 'EUR' } });
const cartType = { name: 'cart', decider: { initialState: 0, decide: (_, { cartId }) => [item(cartId)], evolve: (count) => count + 1 } };

/** Rows of the same size, 50 in a transaction, synced each time: what the engine gives at best. */
function rawInserts(seconds) {
  const directory = temporaryDirectory();
  const database = new DatabaseSync(join(directory, 'raw.db'));
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER, revision INTEGER, id TEXT, type TEXT, data TEXT, metadata TEXT, crc INTEGER); CREATE UNIQUE INDEX by_stream ON events (stream, revision)');
  const insert = database.prepare('INSERT INTO events (stream, revision, id, type, data, metadata, crc) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const { type, ...data } = item(uuid7(0));
  const text = JSON.stringify(data);
  const metadata = JSON.stringify({ ...cause(), time: new Date().toISOString() });
  let count = 0;
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    database.exec('BEGIN');
    for (let i = 0; i < 50; i++, count++) insert.run(count % 2000, Math.floor(count / 2000), uuid5('raw', count), type, text, metadata, count);
    database.exec('COMMIT');
  }
  const rate = count / ((performance.now() - began) / 1000);
  database.close();
  rmSync(directory, { recursive: true, force: true });
  return rate;
}

const command = {
  name: 'command',
  what: 'command on a 10-event stream in process, 50 at once, durable',
  target: '>= 25,000/s, >= 40 % of raw grouped inserts',
  run: ({ seconds, rounds }) =>
    withEngine(async ({ store }) => {
      const aggregates = new AggregateRuntime({ store, clock: systemClock });
      const ids = Array.from({ length: 2000 }, () => uuid7(Date.now()));
      for (let i = 0; i < 10; i++) await Promise.all(ids.map((id) => aggregates.execute(cartType, id, { cartId: id }, cause())));
      const ours = [];
      const raw = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(await atOnce(50, seconds, (n) => aggregates.execute(cartType, ids[n % ids.length], { cartId: ids[n % ids.length] }, cause())));
        raw.push(rawInserts(seconds));
      }
      return { value: middle(ours), unit: '/s', reference: middle(raw), ratio: middle(ours) / middle(raw) };
    }),
};

const STOCK = 100_000_000;

const holds = {
  name: 'holds',
  what: 'holds of one hot product in process, 50 at once, durable',
  target: '>= 2,000 holds/s, none oversold',
  run: ({ seconds, rounds }) =>
    withEngine(async ({ store }) => {
      const aggregates = new AggregateRuntime({ store, clock: systemClock });
      const productId = 'earl-grey-100';
      await aggregates.execute(stockType, productId, { ...adjust(productId), adjustment: { delta: STOCK } }, cause());
      const expiresAt = Date.now() + 3_600_000;
      const hold = () => aggregates.execute(stockType, productId, { type: 'HoldStock', productId, orderId: uuid7(Date.now()), quantity: 1, expiresAt, at: Date.now() }, cause());
      const rates = [];
      for (let round = 0; round < rounds; round++) rates.push(await atOnce(50, seconds, hold));
      return { value: middle(rates), unit: '/s' };
    }),
};

const HISTORY = [10, 10_000, 1_000_000];

const history = {
  name: 'history',
  what: 'command on a stock stream with 10 / 10,000 / 1,000,000 past events, cold and warm',
  target: 'flat within 2 x',
  run: ({ onProgress }) =>
    withEngine(async ({ engine, store }) => {
      const snapshots = openEmbeddedSnapshotCache(engine);
      const figures = {};
      for (const events of HISTORY) {
        const id = `p-${events}`;
        const filling = new AggregateRuntime({ store, clock: systemClock, snapshots });
        for (let done = 0; done < events; done += Math.min(2_000, events - done)) {
          const group = Array.from({ length: Math.min(2_000, events - done) }, () => filling.execute(stockType, id, adjust(id), cause()));
          await Promise.all(group);
          if (done % 100_000 === 0) onProgress(`${done} of ${events} events`);
        }
        const fresh = new AggregateRuntime({ store, clock: systemClock, snapshots });
        const cold = await timed(() => fresh.execute(stockType, id, adjust(id), cause()));
        const warm = [];
        for (let i = 0; i < 200; i++) warm.push(await timed(() => fresh.execute(stockType, id, adjust(id), cause())));
        figures[events] = { coldMs: cold, warmMs: middle(warm) };
      }
      const [first, , last] = HISTORY.map((events) => figures[events].warmMs);
      return { value: last / first, unit: ' x (warm, 1,000,000 to 10)', detail: figures };
    }),
};

const adjust = (productId) => ({ type: 'AdjustStock', productId, adjustment: { delta: 1 }, reason: 'benchmark', at: Date.now() });

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const EVENTS_OF_ORDER = 8;

const rebuild = {
  name: 'rebuild',
  what: 'rebuild of the order read model from 1,000,000 events',
  target: '>= 50,000 events/s, none lost',
  run: ({ events = 1_000_000, onProgress }) =>
    withEngine(async ({ engine, store }) => {
      await appendOrders(store, events / EVENTS_OF_ORDER, onProgress);
      const readModels = openEmbeddedReadModels({ engine });
      const runner = new ProjectionRunner({ log: eventLogOf(store, createTranslator([orderPublications])), store: readModels, clock: systemClock });
      runner.register([ordersProjection]);
      await runner.start();
      await runner.caughtUp(await store.head(), 600_000);
      onProgress('rebuilding');
      const began = performance.now();
      await runner.rebuild(ordersProjection.name);
      const seconds = (performance.now() - began) / 1000;
      const comparison = await runner.compare(ordersProjection.name);
      await runner.stop();
      return { value: events / seconds, unit: ' events/s', detail: { comparison } };
    }),
};

async function appendOrders(store, orders, onProgress) {
  const line = { productId: 'earl-grey-100', name: 'Earl Grey', unitPrice: { amount: 690, currency: 'EUR' }, quantity: 2, lineTotal: { amount: 1380, currency: 'EUR' } };
  const total = { amount: 1380, currency: 'EUR' };
  for (let done = 0; done < orders; done += 1000) {
    await Promise.all(
      Array.from({ length: Math.min(1000, orders - done) }, (_, i) => {
        const orderId = uuid5('bench-order', done + i);
        const paymentId = uuid5('bench-payment', done + i);
        const of = { orderId, customerId: uuid5('bench-customer', (done + i) % 5000) };
        const at = new Date(1.7e12 + (done + i) * 1000).toISOString();
        const history = [
          { type: 'OrderPlaced', ...of, requestId: orderId, cartId: orderId, lines: [line], total, address: 'pd1.'.padEnd(200, 'x'), placedAt: at, expiresAt: at },
          { type: 'OrderStockHeld', ...of, cartId: orderId },
          { type: 'OrderPaymentRequested', ...of, paymentId, amount: total, method: 'card_ok', payUntil: at },
          { type: 'OrderPaymentUpdated', ...of, paymentId, status: 'captured', captured: total, transaction: { provider: 'sandbox', reference: paymentId, amount: total, time: at } },
          { type: 'OrderConfirmed', ...of, paymentId, amount: total, paymentStatus: 'paid' },
          { type: 'OrderStockCommitted', ...of },
          { type: 'OrderProcessing', ...of },
          { type: 'OrderShipped', ...of, tracking: 'T' },
        ];
        const events = history.map(({ type, ...data }, index) => ({ id: uuid5(orderId, index), type, data, metadata: { ...cause(), time: at } }));
        return store.append(`order-${orderId}`, 'no_stream', events);
      }),
    );
    if (done % 20_000 === 0) onProgress(`${done} of ${orders} orders written`);
  }
}

export const inProcess = [command, holds, history, rebuild];
