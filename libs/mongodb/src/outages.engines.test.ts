import { StoreUnavailable } from '@tillroll/event-store';
import { systemClock } from '@tillroll/kernel';
import { createPersonalData } from '@tillroll/secrets';
import { until } from '@tillroll/testing';
import type { MongoConnection } from './connection';
import { openMongo } from './connection';
import { type MongoAdapters, openMongoAdapters } from './mongo-adapters';
import { FlakyLine } from './testing/flaky-line';
import { type MongoUnderTest, mongoUnderTest } from './testing/mongo-under-test';

const BOOKS = { projection: 'sample.books', version: 1, indexes: [{ fields: ['year'] }], state: 'live' } as const;
const PAGES = 14;
const use = { id: 'use', customerId: 'tom', fingerprint: 'x' };

describe('an outage of MongoDB', () => {
  let mongo: MongoUnderTest;
  let line: FlakyLine;
  let connection: MongoConnection;
  let adapters: MongoAdapters;

  beforeEach(async () => {
    mongo = await mongoUnderTest();
    line = await FlakyLine.to(mongo.url);
    connection = await openMongo({ url: line.url, timeoutMs: 1_500 });
    adapters = await openMongoAdapters(connection);
  });
  afterEach(async () => {
    await adapters.close();
    await connection.close();
    await line.close();
    await mongo.close();
  });

  /** One command of each kind. */
  async function commands(): Promise<readonly (() => Promise<unknown>)[]> {
    const { readModels, secrets, consumerRecords, relayCheckpoints } = adapters;
    const idempotency = await adapters.idempotency(createPersonalData(secrets));
    const [{ id } = await readModels.create(BOOKS)] = await readModels.generations();
    let uses = 0;
    const row = { consumer: 'c', subject: 's', position: 1, sequence: 0, failed: true, attempts: 1, error: '', parkedAt: '' };
    return [
      () => readModels.get(BOOKS.projection, 'emma'),
      () => readModels.find(BOOKS.projection, { orderBy: 'year', direction: 'ascending', limit: 1 }),
      () => readModels.generations(),
      () => readModels.load(id, new Set(['emma'])),
      () => readModels.write([{ generation: id, position: 1, documents: [{ id: 'emma', document: { year: 1815 }, guards: {} }] }]),
      () => secrets.get('signing-key'),
      () => secrets.putIfAbsent('signing-key', Buffer.alloc(1)),
      () => consumerRecords.park([row]),
      () => consumerRecords.firstParked('c', 's'),
      () => relayCheckpoints.get('order'),
      () => relayCheckpoints.put('order', 1, 1),
      async () => await idempotency.begin({ ...use, id: `use ${++uses}` }),
    ];
  }

  const outages: readonly (readonly [string, () => unknown])[] = [
    ['the server refuses connections', () => line.refuse()],
    ['the server takes everything and answers nothing', () => line.stall()],
  ];

  it.each(outages)('when %s: commands are unavailable in time, and everything goes on by itself', async (_, breakDown) => {
    const all = await commands();
    await Promise.all(all.map((command) => command()));
    expect(await adapters.isAnswering()).toBe(true);
    await breakDown();
    const outcomes = await Promise.allSettled(all.map((command) => command()));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    expect(await adapters.isAnswering()).toBe(false);
    expect(await adapters.snapshots.load('stock-tea')).toBeUndefined();
    await line.mend();
    await until(() => adapters.isAnswering());
    await until(() => Promise.all(all.map((command) => command())).then(() => true, () => false));
  });

  it('when connections are dropped: what can be repeated without harm is, by itself', async () => {
    const all = await commands();
    for (let round = 0; round < 5; round++) {
      line.drop();
      for (const command of all) await command().catch((error: unknown) => expect(error).toBeInstanceOf(StoreUnavailable));
    }
    await until(() => Promise.all(all.map((command) => command())).then(() => true, () => false));
  });

  it('in the middle of a write leaves no position without its documents', async () => {
    const { readModels } = adapters;
    const books = await readModels.create(BOOKS);
    const direct = await openMongoAdapters(mongo.connection);
    const idsOf = (page: number) => Array.from({ length: 30 }, (_, i) => `${page}-${i}`);
    for (let page = 1; page <= PAGES; page++) {
      const documents = idsOf(page).map((id) => ({ id, document: { year: page, text: 'x'.repeat(200) }, guards: { [id]: 0 } }));
      const write = () => readModels.write([{ generation: books.id, position: page, documents }]);
      line.cutAfter(page * 1_000);
      const isWritten = await write().then(() => true, (error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailable);
        return false;
      });
      const [seen] = await direct.readModels.generations();
      const position = seen?.position ?? 0;
      expect(position).toBeGreaterThanOrEqual(isWritten ? page : page - 1);
      for (const there of [position, page - 1].filter((each) => each > 0))
        expect((await direct.readModels.load(books.id, new Set(idsOf(there)))).size).toBe(30);
      await line.mend();
      await until(() => write().then(() => true, () => false));
    }
    expect(await direct.readModels.generations()).toMatchObject([{ position: PAGES }]);
    expect(await direct.readModels.count(books.id)).toBe(PAGES * 30);
    await direct.close();
  });

  it('ends leadership here before it begins elsewhere', async () => {
    const direct = await openMongoAdapters(mongo.connection, { leaseTimes: { leaseMs: 3_000, renewMs: 200, holdMs: 2_000 } });
    const cut = await openMongoAdapters(connection, { leaseTimes: { leaseMs: 3_000, renewMs: 200, holdMs: 2_000 } });
    const seen: string[] = [];
    const lead = (who: string) => async (signal: AbortSignal) => {
      seen.push(`${who} begins`);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      seen.push(`${who} ends`);
    };
    cut.leadership.lead('relay.order', lead('one'));
    await until(() => seen.length === 1);
    direct.leadership.lead('relay.order', lead('other'));
    line.stall();
    await until(() => seen.length === 3);
    expect(seen).toEqual(['one begins', 'one ends', 'other begins']);
    await line.mend();
    await Promise.all([direct.close(), cut.close()]);
  });
});

describe('an address', () => {
  it('that nobody listens at is waited for, and then unavailable', async () => {
    const line = await FlakyLine.to('mongodb://127.0.0.1:1/tillroll');
    await line.refuse();
    await expect(openMongo({ url: line.url, waitMs: 600, clock: systemClock })).rejects.toThrow(StoreUnavailable);
  });

  it.each(['mongodb://tom:hunter2@', 'postgres://tom:hunter2@localhost/x', 'mongodb://tom:hunter2@localhost:99999999/x', 'mongodb://tom:hunter2@localhost/x?unknownOption=1'])('is refused without showing the password: %#', async (url) => {
    const error: unknown = await openMongo({ url, waitMs: 0 }).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('hunter2');
  });
});
