import type { EventStore, SubscriptionPage } from '@tillroll/event-store';
import { StoreUnavailable } from '@tillroll/event-store';
import { VirtualClock } from '@tillroll/testing';
import { BusUnderTest } from '../testing/bus-place';
import { embeddedPlace } from '../testing/embedded-place';
import { keys } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { until } from '../testing/until';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** A store whose readings break off, so many times, after a page. */
class BreakingStore {
  breaks = 0;
  readings = 0;

  over(store: EventStore): EventStore {
    const breaking = async function* (this: BreakingStore, pages: AsyncIterable<SubscriptionPage>): AsyncIterable<SubscriptionPage> {
      this.readings++;
      for await (const page of pages) {
        yield page;
        if (this.breaks-- > 0) throw new StoreUnavailable('the connection broke off');
      }
    }.bind(this);
    return {
      append: (...given) => store.append(...given),
      readStream: (...given) => store.readStream(...given),
      readAll: (options) => breaking(store.readAll(options)),
      subscribe: (options) => breaking(store.subscribe(options)),
      head: () => store.head(),
      truncateStream: (...given) => store.truncateStream(...given),
      deleteStream: (...given) => store.deleteStream(...given),
      close: () => store.close(),
    };
  }
}

describe('the feed of the embedded event bus', () => {
  let clock: VirtualClock;
  let breaking: BreakingStore;
  let place: BusUnderTest;

  beforeEach(async () => {
    clock = new VirtualClock();
    breaking = new BreakingStore();
    place = new BusUnderTest(await embeddedPlace({ clock, storeOfTheBus: (store) => breaking.over(store) }));
  });
  afterEach(() => place.remove());

  it('is one subscription for all consumers that keep up', async () => {
    const consumers = keys(5).map((name) => new RecordingConsumer(`sample.${name}`));
    await place.start(consumers);
    await place.happenings.happenEverywhere(keys(5), 5);
    await until(() => consumers.every(({ seen }) => seen.length === 25));
    expect(breaking.readings).toBe(1);
  });

  it('goes on where it was when a subscription breaks off', async () => {
    const consumer = new RecordingConsumer('sample.consumer');
    await place.start([consumer]);
    for (let round = 0; round < 5; round++) {
      breaking.breaks = 1;
      await place.happenings.happenEverywhere(keys(4), 2);
      await until(async () => {
        await clock.advance(100);
        return consumer.seen.length === (round + 1) * 8;
      });
    }
    for (const key of keys(4)) expect(consumer.of(key)).toEqual(upTo(10));
    expect(breaking.readings).toBeGreaterThan(1);
  });

  it('goes on where it was when a consumer that catches up is cut off', async () => {
    await place.start([new RecordingConsumer('sample.first')]);
    const many = keys(50);
    const last = await place.happenings.happenEverywhere(many, 30);
    const caughtUp = place.bus.caughtUp(last, { timeoutMs: 60_000 });
    await clock.advance(100);
    expect(await caughtUp).toBe(true);
    await place.stop();

    const newcomer = new RecordingConsumer('sample.newcomer');
    breaking.breaks = 3;
    await place.start([new RecordingConsumer('sample.first'), newcomer]);
    await until(async () => {
      await clock.advance(100);
      return newcomer.seen.length === 1_500;
    });
    for (const key of many) expect(newcomer.of(key)).toEqual(upTo(30));
  });

  it('does not read the log when there is nobody to feed', async () => {
    await place.open();
    await place.bus.start();
    expect(breaking.readings).toBe(0);
  });
});
