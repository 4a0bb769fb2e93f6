import { type IdempotencyPlace, idempotencyRecordsContract, sharedIdempotencyRecordsContract } from '@tillroll/http/testing/idempotency-records-contract';
import { createPersonalData } from '@tillroll/secrets';
import { VirtualClock } from '@tillroll/testing';
import { MongoClient } from 'mongodb';
import { openMongoSecretStore } from '../secrets/mongo-secret-store';
import { type MongoUnderTest, mongoUnderTest } from '../testing/mongo-under-test';
import { mongoAdoptsUses } from './mongo-kept-uses';
import { type MongoIdempotencyRecords, openMongoIdempotencyRecords } from './mongo-idempotency-records';

async function place(): Promise<IdempotencyPlace> {
  const mongo = await mongoUnderTest();
  const clock = new VirtualClock();
  const personalData = createPersonalData(openMongoSecretStore(mongo.connection));
  const opened: MongoIdempotencyRecords[] = [];
  return {
    clock,
    personalData,
    async open() {
      const records = await openMongoIdempotencyRecords({ connection: await mongo.connect(), personalData, clock });
      opened.push(records);
      return records;
    },
    settle: async () => void (await Promise.all(opened.map((records) => records.settled()))),
    close: () => mongo.close(),
  };
}

idempotencyRecordsContract('MongoDB', place);
sharedIdempotencyRecordsContract('MongoDB', place);

describe('idempotency records in MongoDB', () => {
  let mongo: MongoUnderTest;
  let client: MongoClient;
  beforeAll(async () => {
    mongo = await mongoUnderTest();
    client = new MongoClient(mongo.url);
  });
  afterAll(async () => {
    await client.close();
    await mongo.close();
  });
  const kept = async () => await client.db().collection<{ _id: string }>('idempotency').find({}).toArray();

  it('hold no personal data in the clear', async () => {
    const personalData = createPersonalData(openMongoSecretStore(mongo.connection));
    const records = await openMongoIdempotencyRecords({ connection: mongo.connection, personalData, clock: new VirtualClock() });
    const use = { id: 'use', customerId: 'tom', fingerprint: 'x' };
    await records.begin(use);
    await records.finish(use, { status: 200, headers: {}, body: 'Elm Street 13' });
    const rows = JSON.stringify(await kept());
    expect(rows).toContain('pd1.');
    expect(rows).not.toContain('Elm');
  });

  it('are taken over from another store, with their answers, and never replace what is there', async () => {
    const clock = new VirtualClock();
    const personalData = createPersonalData(openMongoSecretStore(mongo.connection));
    const records = await openMongoIdempotencyRecords({ connection: mongo.connection, personalData, clock });
    const answer = { status: 200, headers: {}, body: 'moved' };
    const [done, open] = ['done', 'open'].map((id) => ({ id, customerId: 'tom', fingerprint: 'x' }));
    if (done === undefined || open === undefined) throw new Error('no uses');
    const moved = [{ ...done, begunAt: clock.now(), answer: await personalData.seal('tom', answer) }, { ...open, begunAt: clock.now() }];
    await mongoAdoptsUses(mongo.connection).adopt(moved);
    expect(await records.begin(done)).toEqual({ state: 'finished', answer });
    expect(await records.begin({ ...open, fingerprint: 'y' })).toEqual({ state: 'reused' });
    expect(await records.begin(open)).toEqual({ state: 'new' });
    await records.finish(open, answer);
    await mongoAdoptsUses(mongo.connection).adopt(moved);
    await mongoAdoptsUses(mongo.connection).adopt([]);
    expect(await records.begin(open)).toEqual({ state: 'finished', answer });
  });

  it('are forgotten after seven days, by themselves', async () => {
    const clock = new VirtualClock();
    const personalData = createPersonalData(openMongoSecretStore(mongo.connection));
    const records = await openMongoIdempotencyRecords({ connection: mongo.connection, personalData, clock });
    await records.begin({ id: 'old', customerId: 'tom', fingerprint: 'x' });
    await clock.advance(4 * 24 * 3_600_000);
    await records.begin({ id: 'young', customerId: 'tom', fingerprint: 'x' });
    records.start();
    await clock.advance(4 * 24 * 3_600_000);
    while ((await kept()).some(({ _id }) => _id === 'old')) await clock.advance(600_000);
    records.stop();
    expect((await kept()).map(({ _id }) => _id)).toContain('young');
  });
});
