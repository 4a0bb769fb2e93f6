import { VirtualClock } from '@tillroll/testing';
import type { BusEvent } from '../port';
import { BusUnderTest } from '../testing/bus-place';
import { type Death, DyingEngine } from '../testing/dying-engine';
import { embeddedPlace } from '../testing/embedded-place';
import { keyOf, keys, numberOf } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';

const NAME = 'sample.consumer';
const KEYS = [...keys(4), 'bad'];
/** Of the key `bad`: its third event fails at first, and its fifth for longer; both are parked, one is given up. */
const FIRST_FAILURE = 2;
const GIVEN_UP = 4;

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Runs until it is over or the process has died; true when it is over. */
async function story(place: BusUnderTest, clock: VirtualClock, engine: DyingEngine, consumer: RecordingConsumer): Promise<boolean> {
  const broken = new Set([FIRST_FAILURE, GIVEN_UP]);
  consumer.behave = (event: BusEvent) => {
    if (keyOf(event) === 'bad' && broken.has(numberOf(event))) throw new Error('out of order');
  };
  const alive = <T>(step: Promise<T>): Promise<T | 'died'> => Promise.race([step, engine.died]);
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    do await clock.advance(20);
    while (!(await condition()));
  };
  const parkedAre = (count: number) => async () => (await place.bus.parked()).length === count;
  const once = () => place.happenings.happenEverywhere(KEYS);
  const steps: readonly (() => Promise<unknown>)[] = [
    () => place.start([consumer], { retry: { attempts: 2, backoffMs: 1, longestMs: 1 } }),
    once, once, once,
    () => until(parkedAre(1)),
    once, once, once,
    () => until(parkedAre(4)),
    async () => broken.delete(FIRST_FAILURE),
    () => place.bus.retry(NAME, 'sample-bad'),
    () => until(parkedAre(2)),
    () => place.bus.discard(NAME, 'sample-bad', 'harmless'),
    () => clock.advance(1_000),
    once,
    () => clock.advance(1_000),
  ];
  for (const step of steps) if ((await alive(step())) === 'died') return false;
  return true;
}

describe('the embedded event bus, when the process dies at one of its writes', () => {
  const runStory = async (death: Death): Promise<{ readonly finished: boolean }> => {
    const clock = new VirtualClock();
    let engine = new DyingEngine(death);
    const place = new BusUnderTest(await embeddedPlace({ clock, engineOfTheBus: (real) => engine.over(real) }));
    try {
      const first = new RecordingConsumer(NAME);
      const finished = await story(place, clock, engine, first);
      const alreadyGivenUp = finished ? 1 : (await place.bus.discarded(NAME)).length;
      await place.crash();

      engine = new DyingEngine({ write: Number.POSITIVE_INFINITY, when: 'before' });
      const second = new RecordingConsumer(NAME);
      await place.start([second]);
      const done = place.bus.caughtUp(await place.store.head(), { timeoutMs: 1_000_000 });
      await clock.advance(1_000);
      expect(await done).toBe(true);
      await place.bus.retry(NAME, 'sample-bad');
      expect(await place.bus.parked()).toEqual([]);

      for (const key of KEYS) {
        const appended = await place.lengthOf(`sample-${key}`);
        const again = second.of(key);
        const wanted = upTo(appended).filter((number) => !(key === 'bad' && number === GIVEN_UP && alreadyGivenUp === 1));
        expect([...new Set([...first.of(key), ...again])].sort((a, b) => a - b)).toEqual(wanted);
        expect(again).toEqual(wanted.slice(wanted.length - again.length));
      }
      return { finished };
    } finally {
      await place.remove();
    }
  };

  it.each(['before', 'after'] as const)('loses nothing, keeps each order and what is parked: %s each write', async (when) => {
    let deaths = 0;
    while (!(await runStory({ write: deaths + 1, when })).finished) deaths++;
    expect(deaths).toBeGreaterThan(8);
  });
});
