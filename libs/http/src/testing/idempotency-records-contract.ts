import type { PersonalData } from '@tillroll/secrets';
import type { VirtualClock } from '@tillroll/testing';
import type { IdempotencyRecords, KeyUse, StoredAnswer } from '../idempotency/idempotency-records';

/** What keeps the records, beyond the processes that use them. */
export interface IdempotencyPlace {
  readonly clock: VirtualClock;
  readonly personalData: PersonalData;
  /** What one process has. */
  open(): Promise<IdempotencyRecords>;
  /** Everything that was not waited for is done. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const DAY = 24 * 60 * 60_000;
const CUSTOMER = '0190a000-0000-7000-8000-000000000001';
const answer: StoredAnswer = { status: 201, headers: { location: '/v1/things/1' }, body: '{"street":"Elm Street 13","ü":1}' };
let uses = 0;
const newUse = (): KeyUse => ({ id: `use-${++uses}`, customerId: CUSTOMER, fingerprint: 'tea' });
const withOtherBody = (use: KeyUse): KeyUse => ({ ...use, fingerprint: 'pot' });

/** What every adapter of {@link IdempotencyRecords} promises to one process and to the one after it. */
export function idempotencyRecordsContract(name: string, openPlace: () => Promise<IdempotencyPlace>): void {
  describe(`idempotency records: ${name}`, () => {
    let place: IdempotencyPlace;
    let records: IdempotencyRecords;
    let use: KeyUse;
    beforeAll(async () => (place = await openPlace()));
    afterAll(() => place.close());
    beforeEach(async () => {
      records = await place.open();
      use = newUse();
    });

    /** A process that starts now, and finds what others have left. */
    const restart = async () => {
      await place.settle();
      records = await place.open();
    };

    it('let the first use go on, and no other while it runs', async () => {
      expect(await records.begin(use)).toEqual({ state: 'new' });
      expect(await records.begin(use)).toEqual({ state: 'in_flight' });
      expect(await records.begin(newUse())).toEqual({ state: 'new' });
    });

    it('refuse another body, also later', async () => {
      await records.begin(use);
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'reused' });
      await records.finish(use, answer);
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'reused' });
      await restart();
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'reused' });
    });

    it('give the answer from the moment it is known, and after a restart', async () => {
      await records.begin(use);
      const kept = records.finish(use, answer);
      expect(await records.begin(use)).toEqual({ state: 'finished', answer });
      await kept;
      expect(await records.begin(use)).toEqual({ state: 'finished', answer });
      await restart();
      expect(await records.begin(use)).toEqual({ state: 'finished', answer });
    });

    it('forget a use, and take the key with any body', async () => {
      await records.begin(use);
      records.forget(use);
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'new' });
      records.forget(use);
      await restart();
      expect(await records.begin(use)).toEqual({ state: 'new' });
    });

    it('leave a use open for the same body, also after a restart', async () => {
      await records.begin(use);
      records.leaveOpen(use);
      await place.settle();
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'reused' });
      expect(await records.begin(use)).toEqual({ state: 'new' });
      records.leaveOpen(use);
      await restart();
      expect(await records.begin(use)).toEqual({ state: 'new' });
      await records.finish(use, answer);
      expect(await records.begin(use)).toEqual({ state: 'finished', answer });
    });

    it('last seven days', async () => {
      await records.begin(use);
      await records.finish(use, answer);
      await place.clock.advance(7 * DAY - 1_000);
      expect(await records.begin(use)).toEqual({ state: 'finished', answer });
      await place.clock.advance(2_000);
      expect(await records.begin(withOtherBody(use))).toEqual({ state: 'new' });
    });

    it('lose the answers of a customer who is forgotten, and give the same command again', async () => {
      const theirs: KeyUse = { ...use, customerId: '0190a000-0000-7000-8000-000000000002' };
      await records.begin(theirs);
      await records.finish(theirs, answer);
      await place.personalData.forget(theirs.customerId);
      await restart();
      expect(await records.begin(theirs)).toEqual({ state: 'new' });
      await records.finish(theirs, answer);
    });
  });
}

/** What an adapter promises beyond that when several processes use the same records. */
export function sharedIdempotencyRecordsContract(name: string, openPlace: () => Promise<IdempotencyPlace>): void {
  describe(`idempotency records of several processes: ${name}`, () => {
    let place: IdempotencyPlace;
    let one: IdempotencyRecords;
    let other: IdempotencyRecords;
    let use: KeyUse;
    beforeAll(async () => {
      place = await openPlace();
      [one, other] = [await place.open(), await place.open()];
    });
    afterAll(() => place.close());
    beforeEach(() => (use = newUse()));

    it('let one of many go on', async () => {
      const begun = await Promise.all(Array.from({ length: 12 }, async (_, i) => await (i % 2 === 0 ? one : other).begin(use)));
      expect(begun.filter(({ state }) => state === 'new')).toHaveLength(1);
      expect(begun.filter(({ state }) => state === 'in_flight')).toHaveLength(11);
    });

    it('know what runs elsewhere, what is refused there, and what was answered', async () => {
      await one.begin(use);
      expect(await other.begin(use)).toEqual({ state: 'in_flight' });
      expect(await other.begin(withOtherBody(use))).toEqual({ state: 'reused' });
      await one.finish(use, answer);
      expect(await other.begin(use)).toEqual({ state: 'finished', answer });
    });

    it('know what was forgotten or left open elsewhere', async () => {
      await one.begin(use);
      one.leaveOpen(use);
      await place.settle();
      expect(await other.begin(use)).toEqual({ state: 'new' });
      expect(await one.begin(use)).toEqual({ state: 'in_flight' });
      other.forget(use);
      await place.settle();
      expect(await one.begin(withOtherBody(use))).toEqual({ state: 'new' });
    });

    it('give the same command again once the process that ran it must have died', async () => {
      await one.begin(use);
      await place.clock.advance(25_000);
      expect(await other.begin(use)).toEqual({ state: 'in_flight' });
      await place.clock.advance(10_000);
      expect(await other.begin(withOtherBody(use))).toEqual({ state: 'reused' });
      expect(await other.begin(use)).toEqual({ state: 'new' });
      await other.finish(use, answer);
      expect(await (await place.open()).begin(use)).toEqual({ state: 'finished', answer });
    });
  });
}
