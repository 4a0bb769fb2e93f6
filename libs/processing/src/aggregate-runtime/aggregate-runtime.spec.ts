import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, openEmbeddedSnapshotCache, StoreUnavailable, WrongExpectedRevision } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { type Decider, DomainError, refuse, systemClock, uuid7 } from '@tillroll/kernel';
import { type AggregateType, type Cause, RevisionMismatch } from '../aggregates';
import { AggregateRuntime } from './aggregate-runtime';

type Counted = { readonly type: 'Counted'; readonly by: number };
type Count = { readonly by: number; readonly most?: number };

const counter: Decider<number, Count, Counted> = {
  initialState: 0,
  decide: (sum, { by, most = Number.MAX_SAFE_INTEGER }) => (by === 0 ? [] : sum + by > most ? refuse('too_many', { sum }) : [{ type: 'Counted', by }]),
  evolve: (sum, event) => (event.type === 'Counted' ? sum + event.by : sum),
};
const counterType: AggregateType<number, Count, Counted> = { name: 'counter', decider: counter };
const snapshotted: AggregateType<number, Count, Counted> = { ...counterType, snapshot: { version: 1, encode: (sum) => sum, decode: (json) => json as number } };

const cause = (commandId = uuid7(Date.now())): Cause => ({ commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' });

describe('aggregates at run time', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  let store: EventStore;
  let aggregates: AggregateRuntime;

  const fresh = (over: EventStore = store) => new AggregateRuntime({ store: over, clock: systemClock, snapshots: openEmbeddedSnapshotCache(engine) });
  const id = () => uuid7(Date.now());

  beforeAll(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    store = openEmbeddedEventStore({ engine });
    aggregates = fresh();
  });
  afterAll(async () => {
    await store.close();
    await engine.close();
    directory.remove();
  });

  it('decides the commands on one stream one after another, and each sees those before it', async () => {
    const stream = id();
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => aggregates.execute(counterType, stream, { by: 1, most: 60 }, cause())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(60);
    expect(await aggregates.load(counterType, stream)).toEqual({ state: 60, revision: 59 });
  });

  it('passes refusals on and writes nothing for them', async () => {
    const stream = id();
    await expect(aggregates.execute(counterType, stream, { by: 2, most: 1 }, cause())).rejects.toEqual(new DomainError('too_many', { sum: 0 }));
    expect(await aggregates.load(counterType, stream)).toEqual({ state: 0, revision: -1 });
  });

  it('answers a repeated command with its first outcome, also at once and after a restart', async () => {
    const stream = id();
    const repeated = cause();
    const [first, second] = await Promise.all([aggregates.execute(counterType, stream, { by: 5 }, repeated), aggregates.execute(counterType, stream, { by: 5 }, repeated)]);
    expect([first.repeated, second.repeated]).toEqual([false, true]);
    const later = await fresh().execute(counterType, stream, { by: 5 }, repeated);
    expect(later).toMatchObject({ repeated: true, state: 5, events: [{ type: 'Counted', by: 5 }] });
  });

  it('remembers commands across snapshots', async () => {
    const stream = id();
    const keyed = { ...cause(), keyed: true } as const;
    await aggregates.execute(snapshotted, stream, { by: 1 }, keyed);
    for (let group = 0; group < 12; group++) await Promise.all(Array.from({ length: 100 }, () => aggregates.execute(snapshotted, stream, { by: 1 }, cause())));
    expect(await openEmbeddedSnapshotCache(engine).load(`counter-${stream}`)).toBeDefined();
    expect(await fresh().execute(snapshotted, stream, { by: 1 }, keyed)).toMatchObject({ repeated: true, state: 1_201 });
  });

  it('decides again when another writer was faster', async () => {
    const stream = id();
    const other = fresh();
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    await other.execute(counterType, stream, { by: 1 }, cause());
    expect(await aggregates.execute(counterType, stream, { by: 1 }, cause())).toMatchObject({ state: 3, revision: 2 });
    await expect(other.execute(counterType, stream, { by: 1, most: 3 }, cause())).rejects.toMatchObject({ code: 'too_many', data: { sum: 3 } });
  });

  it('ends in a conflict, not in an endless race', async () => {
    const losing: EventStore = Object.create(store, { append: { value: () => Promise.reject(new WrongExpectedRevision('counter', 'no_stream', 7)) } });
    await expect(fresh(losing).execute(counterType, id(), { by: 1 }, cause())).rejects.toMatchObject({ code: 'conflict' });
  });

  it('repeats an append whose outcome is unknown with the same ids and the same expected revision', async () => {
    const seen: unknown[][] = [];
    const flaky: EventStore = Object.create(store, {
      append: {
        value: async (...call: Parameters<EventStore['append']>) => {
          seen.push([call[0], call[1], call[2].map((event) => event.id)]);
          const appended = await store.append(...call);
          if (seen.length === 1) throw new StoreUnavailable('the answer was lost');
          return appended;
        },
      },
    });
    const stream = id();
    expect(await fresh(flaky).execute(counterType, stream, { by: 1 }, cause())).toMatchObject({ state: 1, revision: 0 });
    expect(seen[1]).toEqual(seen[0]);
    expect(await fresh().load(counterType, stream)).toEqual({ state: 1, revision: 0 });
  });

  it('refuses at another revision than the expected one, naming the present', async () => {
    const stream = id();
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    await expect(aggregates.execute(counterType, stream, { by: 1 }, cause(), { expectedRevision: 7 })).rejects.toEqual(new RevisionMismatch(0));
    expect(await aggregates.execute(counterType, stream, { by: 1 }, cause(), { expectedRevision: 0 })).toMatchObject({ revision: 1 });
  });

  it('goes on behind the old revisions of a deleted stream', async () => {
    const stream = id();
    const repeated = cause();
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    await store.deleteStream(`counter-${stream}`);
    const again = fresh();
    expect(await again.execute(counterType, stream, { by: 7 }, repeated)).toMatchObject({ state: 7, revision: 2 });
    expect(await again.execute(counterType, stream, { by: 7 }, repeated)).toMatchObject({ repeated: true, events: [{ by: 7 }] });
  });

  it('wakes who waits for a state, and lets go when the time is over', async () => {
    const stream = id();
    const waiting = aggregates.until(counterType, stream, (sum) => sum >= 2, 10_000);
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    await aggregates.execute(counterType, stream, { by: 1 }, cause());
    expect(await waiting).toEqual({ state: 2, revision: 1 });
    expect(await aggregates.until(counterType, stream, (sum) => sum > 2, 1)).toBeUndefined();
  });
});
