import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailable } from '@tillroll/event-store';
import { VirtualClock } from '@tillroll/testing';
import type { BusEngine } from './bus-tables';
import { BusUnderTest } from '../testing/bus-place';
import { embeddedPlace } from '../testing/embedded-place';
import { keyOf, keys } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { until } from '../testing/until';

const RETRY = { attempts: 4, backoffMs: 100, longestMs: 1_000 };

describe('the embedded event bus and time', () => {
  let clock: VirtualClock;
  let place: BusUnderTest;
  let consumer: RecordingConsumer;
  let writes: number;
  let written: number;
  let diskFull: boolean;

  const countingWrites = (engine: BusEngine): BusEngine => ({
    define: (sql) => engine.define(sql),
    prepare: (sql) => engine.prepare(sql),
    write: (work) => {
      writes++;
      if (diskFull) return Promise.reject(new StoreUnavailable('disk full'));
      const writing = engine.write(work);
      void writing.then(() => written++, () => undefined);
      return writing;
    },
  });

  beforeEach(async () => {
    writes = written = 0;
    diskFull = false;
    clock = new VirtualClock();
    place = new BusUnderTest(await embeddedPlace({ clock, random: () => 1, engineOfTheBus: countingWrites }));
    consumer = new RecordingConsumer('sample.consumer');
  });
  afterEach(() => place.remove());

  const settled = async () => {
    for (let turn = 0; turn < 20; turn++) await nextTurn();
  };

  it('waits twice as long before each further attempt, and then parks', async () => {
    const attempts: number[] = [];
    const began = clock.now();
    consumer.behave = () => {
      attempts.push(clock.now() - began);
      throw new Error('never');
    };
    await place.start([consumer], { retry: RETRY });
    await place.happenings.happen('a');
    await until(() => attempts.length === 1);
    await clock.advance(5_000);
    expect(attempts).toEqual([0, 100, 300, 700]);
    await until(async () => (await place.bus.parked()).length > 0);
    expect(await place.bus.parked()).toMatchObject([{ attempts: 4, failed: true, parkedAt: new Date(began + 700).toISOString() }]);
  });

  it('writes the positions together and now and then, and sets no timer when there is nothing to do', async () => {
    await place.start([consumer, new RecordingConsumer('sample.other')], { retry: RETRY, handlerTimeoutMs: 40 });
    const position = await place.happenings.happenEverywhere(keys(20), 10);
    await until(() => consumer.seen.length === 200);
    expect(writes).toBe(0);
    await clock.advance(50);
    await until(() => written === 1);
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    expect(writes).toBe(1);
    await place.stop();
    await place.start([new RecordingConsumer('sample.consumer')]);
    expect((await place.bus.status())[0]).toMatchObject({ position });
  });

  it('writes the positions after many events without waiting for the time', async () => {
    await place.start([consumer], { retry: RETRY });
    for (const round of [1, 2]) {
      await place.happenings.happenEverywhere(keys(100), 6);
      await until(() => written === round);
    }
    expect(consumer.seen.length).toBeGreaterThanOrEqual(1_000);
  });

  it('does not park for a full disk, and goes on in order when there is room again', async () => {
    let full = true;
    consumer.behave = () => {
      if (full) throw new StoreUnavailable('disk full');
    };
    await place.start([consumer], { retry: RETRY });
    await place.happenings.happenEverywhere(keys(5), 3);
    await settled();
    await clock.advance(600_000);
    expect(consumer.seen).toEqual([]);
    expect((await place.bus.status())[0]).toMatchObject({ parkedSubjects: 0, position: 0 });
    full = false;
    await clock.advance(1_000);
    await until(() => consumer.seen.length === 15);
    for (const key of keys(5)) expect(consumer.of(key)).toEqual([0, 1, 2]);
  });

  it('keeps a subject in memory while it cannot be parked, and parks it in order once it can', async () => {
    consumer.behave = (event) => {
      if (keyOf(event) === 'bad') throw new Error('never');
    };
    await place.start([consumer], { retry: { ...RETRY, attempts: 1 } });
    diskFull = true;
    await place.happenings.happen('bad', 2);
    await place.happenings.happen('good', 2);
    await until(() => consumer.seen.length === 2);
    await clock.advance(1_000);
    expect((await place.bus.status())[0]).toMatchObject({ position: 0 });
    diskFull = false;
    const last = await place.happenings.happen('bad');
    await until(async () => {
      await clock.advance(100);
      return (await place.bus.status())[0]?.position === last;
    });
    expect((await place.bus.parked()).map(({ event, failed }) => [event.sequence, failed])).toEqual([[0, true], [1, false], [2, false]]);
  });

  it('gives up a handler when its time is over, and not before', async () => {
    consumer.behave = () => new Promise(() => undefined);
    await place.start([consumer], { retry: RETRY, handlerTimeoutMs: 1_000, drainMs: 0 });
    await place.happenings.happen('a');
    await until(() => consumer.running === 1);
    await clock.advance(600);
    await place.happenings.happen('b');
    await until(() => consumer.running === 2);
    await clock.advance(400);
    const parkedAre = (count: number) => async () => (await place.bus.parked()).length === count;
    await until(parkedAre(1));
    expect((await place.bus.parked()).map(({ subject }) => subject)).toEqual(['sample-a']);
    await clock.advance(599);
    await settled();
    expect(await place.bus.parked()).toHaveLength(1);
    await clock.advance(1);
    await until(parkedAre(2));
    expect((await place.bus.parked()).map(({ subject, error }) => [subject, error])).toEqual([
      ['sample-a', 'no answer within 1000 ms'], ['sample-b', 'no answer within 1000 ms'],
    ]);
  });

  it('gives a handler its whole time also when the clock is set, or the machine sleeps', async () => {
    consumer.behave = () => new Promise(() => undefined);
    await place.start([consumer], { retry: RETRY, handlerTimeoutMs: 10_000, drainMs: 0 });
    for (const [key, jump] of [['a', 3_600_000], ['b', -3_600_000]] as const) {
      await place.happenings.happen(key);
      await until(() => consumer.running > 0);
      const parkedBefore = (await place.bus.parked()).length;
      await clock.advance(5_000);
      clock.jumpTo(clock.now() + jump);
      await clock.advance(14_999);
      await settled();
      expect(await place.bus.parked()).toHaveLength(parkedBefore);
      await clock.advance(1);
      await until(async () => (await place.bus.parked()).length === parkedBefore + 1);
    }
  });
});
