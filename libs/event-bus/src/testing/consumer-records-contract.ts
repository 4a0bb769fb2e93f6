import type { ConsumerRecords, ParkedRow } from '../consumers/consumer-records';
import type { DiscardedEvent } from '../port';

export interface OpenedConsumerRecords {
  readonly records: ConsumerRecords;
  close(): Promise<void>;
}

const CONSUMER = 'sample.consumer';

const row = (subject: string, position: number, over: Partial<ParkedRow> = {}): ParkedRow => ({
  consumer: CONSUMER, subject, position, sequence: position - 10, failed: false, attempts: 0, error: '',
  parkedAt: '2026-01-01T00:00:00.000Z', ...over,
});

const discarded = ({ consumer, subject, position, sequence }: ParkedRow, over: Partial<DiscardedEvent> = {}): DiscardedEvent => ({
  consumer, subject, position, sequence, error: 'Error: out of order', reason: 'harmless', discardedAt: '2026-01-02T00:00:00.000Z', ...over,
});

/** What every adapter of {@link ConsumerRecords} promises. Each call of `open` gives empty records. */
export function consumerRecordsContract(name: string, open: () => Promise<OpenedConsumerRecords>): void {
  describe(`consumer records contract: ${name}`, () => {
    let opened: OpenedConsumerRecords;
    let records: ConsumerRecords;

    beforeEach(async () => {
      opened = await open();
      records = opened.records;
    });
    afterEach(() => opened.close());

    const parkedPositions = async (subject: string, consumer = CONSUMER) =>
      (await records.parked(consumer)).filter((each) => each.subject === subject).map(({ position }) => position);

    describe('parking', () => {
      it('keeps every field', async () => {
        const failed = row('order-1', 2 ** 52, { sequence: 7, failed: true, attempts: 5, error: 'TypeError: “ä” \u0000 is not a function' });
        await records.park([failed]);
        expect(await records.parked(CONSUMER)).toEqual([failed]);
        expect(await records.firstParked(CONSUMER, 'order-1')).toEqual(failed);
        expect(await records.firstOfEach(CONSUMER)).toEqual([failed]);
      });

      it('knows nothing of what was never parked', async () => {
        expect(await records.parked(CONSUMER)).toEqual([]);
        expect(await records.firstOfEach(CONSUMER)).toEqual([]);
        expect(await records.discarded(CONSUMER)).toEqual([]);
        expect(await records.firstParked(CONSUMER, 'order-1')).toBeUndefined();
        await records.park([]);
        expect(await records.parkBehind([])).toBe(false);
      });

      it('keeps the order of the log, in whatever order rows come', async () => {
        await records.park([row('order-1', 30), row('order-1', 40)]);
        await records.park([row('order-1', 20), row('order-1', 9), row('order-1', 100)]);
        expect(await parkedPositions('order-1')).toEqual([9, 20, 30, 40, 100]);
        expect(await records.firstParked(CONSUMER, 'order-1')).toMatchObject({ position: 9 });
      });

      it('leaves a row as it is when its event is parked already', async () => {
        const first = row('order-1', 20, { failed: true, attempts: 5, error: 'Error: first' });
        await records.park([first]);
        await records.park([row('order-1', 20), row('order-1', 21)]);
        expect(await records.parkBehind([row('order-1', 20), row('order-1', 21, { attempts: 9 })])).toBe(true);
        expect(await records.parked(CONSUMER)).toEqual([first, row('order-1', 21)]);
      });

      it('keeps subjects and consumers apart', async () => {
        await records.park([row('order-1', 20), row('order-1', 21)]);
        await records.park([row('order-2', 15)]);
        await records.park([row('order-1', 20, { consumer: 'sample.other' })]);
        await records.unpark(row('order-1', 20));
        expect(await parkedPositions('order-1')).toEqual([21]);
        expect(await parkedPositions('order-1', 'sample.other')).toEqual([20]);
        const firsts = (await records.firstOfEach(CONSUMER)).map(({ subject, position }) => [subject, position]);
        expect(firsts.sort()).toEqual([['order-1', 21], ['order-2', 15]]);
      });

      it('holds many events of a subject', async () => {
        const many = Array.from({ length: 2_000 }, (_, i) => row('order-1', i + 1));
        await records.park(many.slice(0, 1_000));
        expect(await records.parkBehind(many.slice(1_000))).toBe(true);
        expect(await records.parked(CONSUMER)).toEqual(many);
      });
    });

    describe('parking behind', () => {
      it('is refused when nothing of the subject is parked, or nothing is any more', async () => {
        await records.park([row('order-2', 5)]);
        expect(await records.parkBehind([row('order-1', 20)])).toBe(false);
        await records.park([row('order-1', 20)]);
        expect(await records.parkBehind([row('order-1', 21)])).toBe(true);
        await records.unpark(row('order-1', 20));
        expect(await records.parkBehind([row('order-1', 22)])).toBe(true);
        await records.unpark(row('order-1', 21));
        await records.unpark(row('order-1', 22));
        expect(await records.parkBehind([row('order-1', 23)])).toBe(false);
        expect(await parkedPositions('order-1')).toEqual([]);
      });

      it('and the last one going, at once: either the new one is there or it was refused', async () => {
        for (let round = 0; round < 25; round++) {
          const subject = `order-${round}`;
          await records.park([row(subject, 20)]);
          const [isBehind] = await Promise.all([records.parkBehind([row(subject, 21)]), records.unpark(row(subject, 20))]);
          expect(await parkedPositions(subject)).toEqual(isBehind ? [21] : []);
        }
      });

      it('loses none of many at once', async () => {
        await records.park([row('order-1', 1)]);
        const positions = Array.from({ length: 20 }, (_, i) => i + 2);
        await Promise.all(positions.map(async (position) => expect(await records.parkBehind([row('order-1', position)])).toBe(true)));
        expect(await parkedPositions('order-1')).toEqual([1, ...positions]);
      });
    });

    describe('failing again', () => {
      it('is noted in the row', async () => {
        await records.park([row('order-1', 20, { failed: true, attempts: 5, error: 'Error: first' }), row('order-1', 21)]);
        const again = row('order-1', 21, { failed: true, attempts: 1, error: 'Error: second', parkedAt: '2026-01-03T00:00:00.000Z' });
        await records.keepFailure(again);
        expect((await records.parked(CONSUMER))[1]).toEqual(again);
      });

      it('is of no interest when the event is not parked any more', async () => {
        await records.keepFailure(row('order-1', 20, { failed: true }));
        expect(await records.parked(CONSUMER)).toEqual([]);
        await records.unpark(row('order-1', 20));
      });
    });

    describe('discarding', () => {
      it('keeps the event and its reason, and unparks it', async () => {
        await records.park([row('order-1', 20, { failed: true }), row('order-1', 21)]);
        await records.discard(discarded(row('order-1', 20)));
        expect(await parkedPositions('order-1')).toEqual([21]);
        expect(await records.discarded(CONSUMER)).toEqual([discarded(row('order-1', 20))]);
        expect(await records.discarded('sample.other')).toEqual([]);
      });

      it('may be repeated, and leaves what was kept', async () => {
        await records.park([row('order-1', 20)]);
        await records.discard(discarded(row('order-1', 20)));
        await records.discard(discarded(row('order-1', 20), { reason: 'another' }));
        expect(await records.discarded(CONSUMER)).toEqual([discarded(row('order-1', 20))]);
      });

      it('shows the oldest first', async () => {
        const at = (position: number, day: string) => discarded(row('order-1', position), { discardedAt: `2026-01-${day}T00:00:00.000Z` });
        await records.discard(at(20, '03'));
        await records.discard(at(40, '02'));
        await records.discard(at(30, '02'));
        expect((await records.discarded(CONSUMER)).map(({ position }) => position)).toEqual([30, 40, 20]);
      });
    });

    it('keeps messages that cannot be read before what is in the log', async () => {
      const unreadable = row('order-1', -4097, { sequence: -4097, failed: true });
      await records.park([row('order-1', 20)]);
      expect(await records.parkBehind([unreadable])).toBe(true);
      expect(await records.firstParked(CONSUMER, 'order-1')).toEqual(unreadable);
      await records.discard(discarded(unreadable));
      expect(await parkedPositions('order-1')).toEqual([20]);
    });
  });
}
