import { randomUUID } from 'node:crypto';
import { systemClock } from '@tillroll/kernel';
import { leadershipContract, type LeadershipPlace, sharedLeadershipContract } from '@tillroll/processing/testing/leadership-contract';
import { until } from '@tillroll/testing';
import { type MongoUnderTest, mongoUnderTest } from '../testing/mongo-under-test';
import type { Lease } from './lease-book';
import { leasedLeadership } from './leased-leadership';
import { openMongoLeaseBook } from './mongo-lease-book';

const times = { leaseMs: 3_000, renewMs: 200, holdMs: 2_000 };

async function place(): Promise<LeadershipPlace> {
  const mongo = await mongoUnderTest();
  const books = await Promise.all([0, 1, 2].map(async () => openMongoLeaseBook(await mongo.connect())));
  let next = 0;
  return {
    open() {
      const book = books[next++ % books.length];
      if (book === undefined) throw new Error('no book');
      return leasedLeadership({ book, clock: systemClock, times });
    },
    until: (condition) => until(condition),
    close: () => mongo.close(),
  };
}

leadershipContract('leases in MongoDB', place);
sharedLeadershipContract('leases in MongoDB', place);

describe('leases in MongoDB', () => {
  let mongo: MongoUnderTest;
  beforeAll(async () => (mongo = await mongoUnderTest()));
  afterAll(() => mongo.close());
  const lease = (name: string, epoch: number, holder = randomUUID()): Lease => ({ name, epoch, holder, beat: 0, isFree: false });

  it('of an epoch are taken by one of many', async () => {
    const books = await Promise.all(Array.from({ length: 4 }, async () => openMongoLeaseBook(await mongo.connect())));
    for (let epoch = 1; epoch <= 5; epoch++) {
      const taken = await Promise.all([...books, ...books].map((book) => book.take(lease('relay.order', epoch))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    }
    expect(await books[0]?.newest('relay.order')).toMatchObject({ epoch: 5 });
  });

  it('of an older epoch are neither taken nor renewed once there is a newer one', async () => {
    const book = await openMongoLeaseBook(mongo.connection);
    const [old, newer] = [lease('relay.cart', 3), lease('relay.cart', 7)];
    expect(await book.take(old)).toBe(true);
    expect(await book.renew({ ...old, beat: 1 })).toBe(true);
    expect(await book.take(newer)).toBe(true);
    expect(await book.renew({ ...old, beat: 2 })).toBe(false);
    expect(await book.take(lease('relay.cart', 5))).toBe(false);
    await book.giveBack(old);
    expect(await book.newest('relay.cart')).toEqual(newer);
    await book.giveBack(newer);
    expect(await book.newest('relay.cart')).toEqual({ ...newer, isFree: true });
    expect(await book.newest('relay.payment')).toBeUndefined();
  });

  it('are taken over from a process that died', async () => {
    const dying = await mongo.connect();
    const [first, second] = [dying, mongo.connection].map(async (connection) => leasedLeadership({ book: await openMongoLeaseBook(connection), clock: systemClock, times }));
    if (first === undefined || second === undefined) throw new Error('no leadership');
    const epochs: number[] = [];
    let aborted = false;
    (await first).lead('relay.payment', async (signal, epoch) => {
      epochs.push(epoch);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
    });
    await until(() => epochs.length === 1);
    (await second).lead('relay.payment', async (signal, epoch) => {
      expect(aborted).toBe(true);
      epochs.push(epoch);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await dying.close();
    await until(() => epochs.length === 2);
    expect(epochs).toEqual([1, 2]);
    await (await second).stop();
    await (await first).stop();
  });
});
