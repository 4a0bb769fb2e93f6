import { until } from '@tillroll/testing';
import { type MongoUnderTest, mongoUnderTest } from '../testing/mongo-under-test';
import { openMongoSnapshotCache } from './mongo-snapshot-cache';

describe('snapshots in MongoDB', () => {
  let mongo: MongoUnderTest;
  beforeAll(async () => (mongo = await mongoUnderTest()));
  afterAll(() => mongo.close());

  it('come back as they were, and each replaces the one before', async () => {
    const snapshots = openMongoSnapshotCache(mongo.connection);
    expect(await snapshots.load('stock-tea')).toBeUndefined();
    const state = { held: { $odd: 1, 'a.b': [null, 2 ** 53 - 1, 0.1], '': { __proto__: 'x' } }, name: 'ü\u0000' };
    const before = { version: 1, revision: 10, state: {} };
    const after = { version: 2, revision: 20, state };
    expect(snapshots.save('stock-tea', before)).toBe(2);
    await until(async () => (await snapshots.load('stock-tea')) !== undefined);
    expect(await snapshots.load('stock-tea')).toEqual(before);
    expect(snapshots.save('stock-tea', after)).toBe(JSON.stringify(state).length);
    await until(async () => (await snapshots.load('stock-tea'))?.revision === 20);
    expect(await openMongoSnapshotCache(await mongo.connect()).load('stock-tea')).toEqual({ ...after, state: JSON.parse(JSON.stringify(state)) });
  });

  it('are missing, and hold nobody up, when they cannot be read or written', async () => {
    const away = await mongo.connect();
    const snapshots = openMongoSnapshotCache(away);
    await away.close();
    snapshots.save('stock-tea', { version: 1, revision: 30, state: {} });
    expect(await snapshots.load('stock-tea')).toBeUndefined();
  });
});
