import type { Projection } from '@tillroll/read-models';
import { until } from '@tillroll/testing';
import { ProjectionsUnderTest } from '../testing/projections-under-test';
import { tallies } from '../testing/tally';
import type { RebuildProgress } from './rebuilds';

const TALLIES = 'tally.tallies';
const ADDED = 'tillroll.tally.added.v1';

/** The same documents with one more field. */
function doubled(version: number): Projection {
  const plain = tallies(TALLIES, version);
  return {
    ...plain,
    on: {
      ...plain.on,
      [ADDED]: (event) => (plain.on[ADDED]?.(event) ?? []).map(({ id, change }) => ({ id, change: (before) => ({ ...change(before as never), doubled: 2 * Number(change(before as never)?.sum) }) })),
    },
  };
}

describe('rebuilding a projection', () => {
  let place: ProjectionsUnderTest;

  beforeEach(() => (place = new ProjectionsUnderTest()));
  afterEach(() => place.remove());

  const sumOf = async (key: string) => (await place.models.get(TALLIES, `tally-${key}`))?.['sum'];
  const status = async () => (await place.runner.status())[0];
  const generationStates = async () => (await place.models.generations()).map(({ version, state }) => `v${version} ${state}`).sort();

  /** As an older version of the code would have left it: what is live counted the number 13 wrongly. */
  const withWrongDocument = async () => {
    await place.start(tallies());
    await place.streams.added('a', 1, 2);
    await place.streams.added('b', 5);
    await place.caughtUp();
    const [live] = await place.models.generations();
    const position = await place.events.head();
    await place.models.write([{ generation: live?.id ?? 0, position, documents: [{ id: 'tally-b', document: { key: 'tally-b', group: 'g1', sum: 13, history: [13] }, guards: {} }] }]);
  };

  it('fills a candidate beside the live documents, shows how they differ, switches and switches back', async () => {
    await withWrongDocument();
    const progress: RebuildProgress[] = [];
    await place.runner.rebuild(TALLIES, { onProgress: (step) => progress.push(step) });
    expect(await sumOf('b')).toBe(13);
    expect(progress.at(-1)).toMatchObject({ position: 3, head: 3 });
    expect(await status()).toMatchObject({ position: 3, candidate: { position: 3, caughtUp: true } });
    expect(await place.runner.compare(TALLIES)).toMatchObject({
      live: { documents: 2, position: 3 }, candidate: { documents: 2, position: 3 }, equal: false, differences: 1, differing: ['tally-b'],
    });

    await place.runner.switchOver(TALLIES);
    expect(await sumOf('b')).toBe(5);
    await place.streams.added('b', 1);
    await place.caughtUp();
    expect(await sumOf('b')).toBe(6);

    await place.runner.switchBack(TALLIES);
    expect(await sumOf('b')).toBe(14);
    await place.runner.switchBack(TALLIES);
    expect(await sumOf('b')).toBe(6);
    await place.runner.dropPrevious(TALLIES);
    expect(await generationStates()).toEqual(['v1 live']);
  });

  it('compares as equal what is equal, also while events come in', async () => {
    await place.start(tallies());
    for (let n = 0; n < 40; n++) await place.streams.added(`k${n}`, n);
    await place.runner.rebuild(TALLIES);
    const busy = (async () => {
      for (let n = 0; n < 40; n++) await place.streams.added(`k${n}`, n);
    })();
    expect(await place.runner.compare(TALLIES)).toMatchObject({ equal: true, differences: 0, differing: [] });
    await busy;
    await place.caughtUp();
    expect(await place.runner.compare(TALLIES)).toMatchObject({ equal: true, live: { documents: 40, position: 80 }, candidate: { documents: 40, position: 80 } });
  });

  it('keeps feeding the candidate and what was live before', async () => {
    await place.start(tallies());
    await place.streams.added('a', 1);
    await place.runner.rebuild(TALLIES);
    await place.streams.added('a', 2);
    await place.runner.switchOver(TALLIES);
    await place.streams.added('a', 3);
    await place.caughtUp();
    expect(await sumOf('a')).toBe(6);
    await place.stop();

    await place.start(tallies());
    await place.streams.added('a', 4);
    await place.caughtUp();
    await place.runner.switchBack(TALLIES);
    expect(await sumOf('a')).toBe(10);
  });

  it('takes in what is appended while it fills', async () => {
    await place.start(tallies());
    for (let n = 0; n < 50; n++) await place.streams.added(`k${n}`, 1);
    const rebuilding = place.runner.rebuild(TALLIES);
    for (let n = 0; n < 50; n++) await place.streams.added(`k${n}`, 1);
    await rebuilding;
    await place.caughtUp();
    expect(await place.runner.compare(TALLIES)).toMatchObject({ equal: true, candidate: { documents: 50 } });
  });

  it('misses nothing that is appended between the end of its reading and its turn in the live feed', async () => {
    let more = 0;
    const endOfLog = async () => {
      if (more === 0) return;
      more--;
      const position = await place.streams.added('a', 1);
      await place.runner.caughtUp(position, 60_000);
    };
    place.open([tallies()], { endOfLog });
    await place.runner.start();
    // Three rounds before the indexes are built and three after it; in the last reading the live feed waits.
    for (more = 6; more > 0; ) await place.runner.rebuild(TALLIES);
    expect(await place.runner.compare(TALLIES)).toMatchObject({ equal: true });
    await place.runner.switchOver(TALLIES);
    expect(await sumOf('a')).toBe(6);
  });

  it('goes on after a crash in the middle, and ends with the same documents', async () => {
    await place.start(tallies());
    for (let n = 0; n < 30; n++) await place.streams.added(`k${n % 7}`, n);
    const rebuilding = place.runner.rebuild(TALLIES).catch((error: unknown) => error);
    await until(async () => (await place.models.generations()).length === 2);
    await place.crash();
    expect(await rebuilding).toBeInstanceOf(Error);

    await place.start(tallies());
    await place.runner.rebuild(TALLIES);
    expect(await place.runner.compare(TALLIES)).toMatchObject({ equal: true, candidate: { documents: 7 } });
    expect(await generationStates()).toEqual(['v1 candidate', 'v1 live']);
  });

  it('leaves nothing behind when it is aborted or abandoned', async () => {
    await place.start(tallies());
    await place.streams.added('a', 1);
    const aborting = new AbortController();
    const rebuilding = place.runner.rebuild(TALLIES, { signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await expect(rebuilding).rejects.toThrow('enough');
    expect(await generationStates()).toEqual(['v1 live']);

    await place.runner.rebuild(TALLIES);
    await place.runner.abandon(TALLIES);
    expect(await generationStates()).toEqual(['v1 live']);
    await expect(place.runner.switchOver(TALLIES)).rejects.toThrow('has no candidate');
    await expect(place.runner.switchBack(TALLIES)).rejects.toThrow('has no previous generation');
    await place.streams.added('a', 2);
    await place.caughtUp();
    expect(await sumOf('a')).toBe(3);
  });

  it('resolves at once when there is a candidate that has caught up', async () => {
    await place.start(tallies());
    await place.streams.added('a', 1);
    await place.runner.rebuild(TALLIES);
    const before = await place.models.generations();
    await place.runner.rebuild(TALLIES);
    expect(await place.models.generations()).toEqual(before);
  });

  it('replaces an older previous generation', async () => {
    await place.start(tallies());
    for (let round = 1; round <= 3; round++) {
      await place.streams.added('a', round);
      await place.runner.rebuild(TALLIES);
      await place.runner.switchOver(TALLIES);
      expect(await generationStates()).toEqual(['v1 live', 'v1 previous']);
    }
    await place.caughtUp();
    expect(await sumOf('a')).toBe(6);
  });

  it('mends a projection that had failed', async () => {
    let broken = true;
    const fragile: Projection = { ...tallies(), on: { [ADDED]: (event) => (broken ? [{ id: 'x', change: () => { throw new Error('broken'); } }] : (tallies().on[ADDED]?.(event) ?? [])) } };
    await place.start(fragile);
    await place.streams.added('a', 1);
    await place.caughtUp();
    expect(await status()).toMatchObject({ failed: { error: 'Error: broken' } });
    await expect(place.runner.rebuild(TALLIES)).rejects.toThrow(`${TALLIES} cannot take ${ADDED} at position 1: Error: broken`);
    expect(await status()).toMatchObject({ candidate: { failed: { position: 1 }, caughtUp: false } });
    broken = false;
    await place.runner.rebuild(TALLIES);
    await place.runner.switchOver(TALLIES);
    expect(await sumOf('a')).toBe(1);
    expect(await status()).not.toHaveProperty('failed');
  });

  describe('because the code has a new version', () => {
    it('begins by itself, serves the old documents meanwhile, and switches when it has caught up', async () => {
      await place.start(tallies());
      await place.streams.added('a', 1, 2);
      await place.caughtUp();
      await place.stop();

      await place.start(doubled(2));
      expect(await place.models.get(TALLIES, 'tally-a')).toMatchObject({ sum: 3 });
      await until(async () => (await status())?.version === 2);
      expect(await place.models.get(TALLIES, 'tally-a')).toMatchObject({ sum: 3, doubled: 6 });
      expect(await generationStates()).toEqual(['v1 previous', 'v2 live']);
      expect(await status()).toMatchObject({ version: 2, previous: { version: 1, frozen: true } });
      await expect(place.runner.switchBack(TALLIES)).rejects.toThrow('is of version 1 of the code');
    });

    it('keeps nobody waiting meanwhile but those who want no exception', async () => {
      await place.start(tallies());
      await place.streams.added('a', 1, 2);
      await place.caughtUp();
      await place.stop();
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      place.open([doubled(2)], { endOfLog: () => held });
      await place.runner.start();
      const position = await place.streams.added('a', 3);
      expect(await place.runner.caughtUp(position, 0)).toBe(true);
      expect(await place.runner.caughtUp(position, 0, TALLIES)).toBe(false);
      expect(await place.runner.caughtUpWithoutException(position, 0)).toBe(false);
      const waiting = place.runner.caughtUpWithoutException(position, 60_000);
      goOn();
      expect(await waiting).toBe(true);
      expect(await sumOf('a')).toBe(6);
    });

    it('begins also when only the indexes are others', async () => {
      await place.start(tallies());
      await place.streams.added('a', 1, 2);
      await place.caughtUp();
      await place.stop();
      await place.start({ ...tallies(), indexes: [{ fields: ['key', 'sum'] }] });
      const query = { where: { key: 'tally-a' }, orderBy: 'sum', direction: 'ascending', limit: 1 } as const;
      await until(async () => (await status())?.frozen !== true);
      expect(await place.models.find(TALLIES, query)).toMatchObject([{ document: { sum: 3 } }]);
    });

    it('goes back to the old documents with the old code, which loses nothing', async () => {
      await place.start(tallies());
      await place.streams.added('a', 1);
      await place.caughtUp();
      await place.stop();
      await place.start(doubled(2));
      await until(async () => (await status())?.version === 2);
      await place.streams.added('a', 2);
      await place.caughtUp();
      await place.stop();

      await place.start(tallies());
      await until(async () => (await status())?.version === 1);
      expect(await place.models.get(TALLIES, 'tally-a')).toEqual({ key: 'tally-a', group: 'g1', sum: 3, history: [1, 2] });
      expect(await generationStates()).toEqual(['v1 live', 'v2 previous']);
    });

    it('goes on after a crash', async () => {
      await place.start(tallies());
      for (let n = 0; n < 20; n++) await place.streams.added('a', n);
      await place.caughtUp();
      await place.stop();
      await place.start(doubled(2));
      await place.crash();
      await place.start(doubled(2));
      await until(async () => (await status())?.version === 2);
      expect(await place.models.get(TALLIES, 'tally-a')).toMatchObject({ sum: 190, doubled: 380 });
    });

    it('drops a candidate of a version that is no more', async () => {
      await place.start(tallies());
      await place.streams.added('a', 1);
      await place.runner.rebuild(TALLIES);
      await place.stop();
      await place.start(doubled(2));
      await until(async () => (await status())?.version === 2);
      expect(await generationStates()).toEqual(['v1 previous', 'v2 live']);
    });
  });
});
