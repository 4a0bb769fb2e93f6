import { StoreUnavailable } from '@tillroll/event-store';
import type { Projection, ProjectionStore } from '@tillroll/read-models';
import { until } from '@tillroll/testing';
import { ProjectionsUnderTest } from '../testing/projections-under-test';
import { groups, tallies } from '../testing/tally';

const ADDED = 'tillroll.tally.added.v1';
const tally = (key: string, ...history: readonly number[]) => ({ key: `tally-${key}`, group: `g${key.length % 3}`, sum: history.reduce((sum, n) => sum + n, 0), history });

/** Counts the events that it is given. */
function counted(projection: Projection): Projection & { events: number } {
  const counting = {
    ...projection,
    events: 0,
    on: Object.fromEntries(
      Object.entries(projection.on).map(([type, handler]) => [
        type,
        (event: Parameters<typeof handler>[0]) => {
          counting.events++;
          return handler(event);
        },
      ]),
    ),
  };
  return counting;
}

describe('running projections', () => {
  let place: ProjectionsUnderTest;

  beforeEach(() => (place = new ProjectionsUnderTest()));
  afterEach(() => place.remove());

  const tallyOf = (key: string, projection = 'tally.tallies') => place.models.get(projection, `tally-${key}`);

  it('folds what is appended into documents', async () => {
    await place.start(tallies(), groups());
    await place.streams.added('a', 1, 2);
    await place.streams.added('b', 5);
    expect(await place.caughtUp()).toBe(true);
    expect(await tallyOf('a')).toEqual(tally('a', 1, 2));
    expect(await place.models.get('tally.groups', 'g1')).toEqual({ group: 'g1', count: 3, sum: 8 });
  });

  it('goes on after a stop without looking at an event twice', async () => {
    await place.start(tallies());
    await place.streams.added('a', 1, 2, 3);
    await place.streams.append([{ key: 'a', type: 'Ignored' }]);
    await place.caughtUp();
    await place.stop();
    const again = counted(tallies());
    await place.start(again);
    await place.streams.added('a', 4);
    await place.caughtUp();
    expect(await tallyOf('a')).toEqual(tally('a', 1, 2, 3, 4));
    expect(again.events).toBe(1);
  });

  it('goes on after a crash, and what comes again changes nothing', async () => {
    await place.start(tallies(), groups());
    for (let n = 0; n < 20; n++) await place.streams.added('a', n);
    await place.crash();
    await place.start(tallies(), groups());
    await place.streams.added('a', 20);
    await place.caughtUp();
    expect(await tallyOf('a')).toEqual(tally('a', ...Array.from({ length: 21 }, (_, n) => n)));
    expect(await place.models.get('tally.groups', 'g1')).toEqual({ group: 'g1', count: 21, sum: 210 });
  });

  it('fills a projection that is new to an old log, and serves the others meanwhile', async () => {
    await place.start(tallies());
    await place.streams.added('a', 1, 2, 3);
    await place.caughtUp();
    await place.stop();
    await place.start(tallies(), groups());
    expect(await place.runner.caughtUp(await place.events.head(), 0, 'tally.tallies')).toBe(true);
    expect(await place.caughtUp()).toBe(true);
    expect(await place.models.get('tally.groups', 'g1')).toEqual({ group: 'g1', count: 3, sum: 6 });
  });

  it('refuses two projections of one name, and projections that come late', async () => {
    place.open([tallies()]);
    expect(() => place.runner.register([tallies()])).toThrow(TypeError);
    await place.runner.start();
    expect(() => place.runner.register([groups()])).toThrow();
  });

  it('begins anew with documents of a log that is no more', async () => {
    await place.start(tallies());
    const [live] = await place.models.generations();
    await place.models.write([{ generation: live?.id ?? 0, position: 1_000, documents: [{ id: 'tally-ghost', document: { sum: 1 }, guards: {} }] }]);
    await place.crash();
    await place.start(tallies());
    await place.streams.added('a', 1);
    await place.caughtUp();
    expect(await tallyOf('a')).toEqual(tally('a', 1));
    expect(await tallyOf('ghost')).toBeUndefined();
  });

  describe('those who wait for it', () => {
    it('go on at once when it is there already', async () => {
      await place.start(tallies());
      const position = await place.streams.added('a', 1);
      await place.caughtUp();
      expect(await place.runner.caughtUp(position, 0)).toBe(true);
      expect(await place.runner.caughtUp(position, 0, 'tally.tallies')).toBe(true);
      expect(place.clock.pending).toBe(0);
    });

    it('are woken when it is there, and see what they have waited for', async () => {
      await place.start(tallies());
      for (let n = 0; n < 10; n++) {
        const position = await place.streams.added('a', 1);
        expect(await place.runner.caughtUp(position, 2_000)).toBe(true);
        expect(await tallyOf('a')).toMatchObject({ sum: n + 1 });
      }
      expect(place.clock.pending).toBe(0);
    });

    it('are told when the time is over', async () => {
      await place.start(tallies());
      const waiting = place.runner.caughtUp(1_000_000, 2_000);
      await place.clock.advance(2_000);
      expect(await waiting).toBe(false);
      expect(await place.runner.caughtUp(1_000_000, 0)).toBe(false);
      expect(place.clock.pending).toBe(0);
    });

    it('are told when it stops', async () => {
      await place.start(tallies());
      const waiting = place.runner.caughtUp(1_000_000, 2_000);
      await place.runner.stop();
      expect(await waiting).toBe(false);
    });

    it('must name a projection that there is', async () => {
      await place.start(tallies());
      expect(() => place.runner.caughtUp(1, 0, 'tally.unknown')).toThrow(TypeError);
    });
  });

  describe('a projection that fails', () => {
    const failingAt = (amount: number): Projection => {
      const sound = tallies('tally.failing');
      return {
        ...sound,
        on: {
          ...sound.on,
          [ADDED]: (event) => {
            if (event.data['amount'] === amount) throw new Error(`${amount} is too much`);
            return sound.on[ADDED]?.(event) ?? [];
          },
        },
      };
    };

    it('stands still before the event, says so, and holds up no other', async () => {
      await place.start(tallies(), failingAt(13));
      await place.streams.added('a', 1, 2);
      await place.caughtUp();
      const last = await place.streams.added('a', 13, 4);
      expect(await place.caughtUp()).toBe(true);
      expect(await tallyOf('a')).toEqual(tally('a', 1, 2, 13, 4));
      expect(await tallyOf('a', 'tally.failing')).toEqual(tally('a', 1, 2));
      expect(await place.runner.status()).toEqual([
        { name: 'tally.tallies', version: 1, position: last, lag: 0 },
        { name: 'tally.failing', version: 1, position: 2, lag: 2, failed: { position: 3, eventType: ADDED, error: 'Error: 13 is too much' } },
      ]);
      expect(place.errors).toHaveLength(1);
      expect(await place.runner.caughtUp(last, 2_000, 'tally.failing')).toBe(false);
    });

    it('keeps what came before the event within one page', async () => {
      place.open([failingAt(13)]);
      await place.streams.added('a', 1, 2, 13, 4);
      await place.runner.start();
      await place.caughtUp();
      expect(await tallyOf('a', 'tally.failing')).toEqual(tally('a', 1, 2));
    });

    it('goes on when it is started again with mended code', async () => {
      await place.start(tallies(), failingAt(13));
      await place.streams.added('a', 1, 13, 4);
      await place.caughtUp();
      await place.stop();
      await place.start(tallies(), failingAt(14));
      await place.caughtUp();
      expect(await tallyOf('a', 'tally.failing')).toEqual(tally('a', 1, 13, 4));
      expect(await place.runner.status()).toEqual([expect.not.objectContaining({ failed: expect.anything() }), expect.not.objectContaining({ failed: expect.anything() })]);
    });

    it('by an event that nobody can read fails those that want it only', async () => {
      const wanting: Projection = { ...groups(), on: { ...groups().on, 'tillroll.tally.garbled.v1': () => [] } };
      await place.start(tallies(), wanting);
      await place.streams.append([{ key: 'a', type: 'Garbled' }, { key: 'b', type: 'Added', amount: 3 }]);
      await place.caughtUp();
      expect(await tallyOf('b')).toEqual(tally('b', 3));
      expect(await place.runner.status()).toMatchObject([{ name: 'tally.tallies' }, { name: 'tally.groups', failed: { error: 'TypeError: this event cannot be read' } }]);
    });

    it('by a document that cannot be stored fails alone', async () => {
      const unstorable: Projection = { ...tallies('tally.unstorable'), on: { [ADDED]: ({ subject }) => [{ id: subject, change: () => ({ sum: 1n }) }] } };
      await place.start(unstorable, tallies());
      await place.streams.added('a', 1);
      await place.caughtUp();
      expect(await tallyOf('a')).toEqual(tally('a', 1));
      expect(await tallyOf('a', 'tally.unstorable')).toBeUndefined();
      expect(await place.runner.status()).toMatchObject([{ name: 'tally.unstorable', position: 0, failed: { position: 1, eventType: ADDED } }, { name: 'tally.tallies' }]);
    });
  });

  it('waits out a store that cannot be written', async () => {
    let outage = false;
    const through = (store: ProjectionStore): ProjectionStore =>
      new Proxy(store, {
        get: (target, property: keyof ProjectionStore) =>
          property === 'write' && outage ? () => Promise.reject(new StoreUnavailable('the disk is full')) : (target[property] as (...given: unknown[]) => unknown).bind(target),
      });
    place.open([tallies()], { through });
    await place.runner.start();
    await place.streams.added('a', 1);
    await place.caughtUp();
    outage = true;
    await place.streams.added('a', 2);
    await until(() => place.warnings.length > 0);
    expect(await tallyOf('a')).toEqual(tally('a', 1));
    await place.streams.added('a', 3);
    outage = false;
    await place.clock.advance(60_000);
    await place.caughtUp();
    expect(await tallyOf('a')).toEqual(tally('a', 1, 2, 3));
  });
});
