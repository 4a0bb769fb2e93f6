import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { type Decider, DomainError, refuse, systemClock, uuid7 } from '@tillroll/kernel';
import { type AggregateType, type Cause, RevisionMismatch } from '../aggregates';
import { AggregateRuntime } from './aggregate-runtime';

type Counted = { readonly type: 'Counted'; readonly by: number };
type Count = { readonly by: number; readonly least?: number; readonly most?: number };

const counter: Decider<number, Count, Counted> = {
  initialState: 0,
  decide(sum, { by, least = 0, most = Number.MAX_SAFE_INTEGER }) {
    if (sum < least) refuse('too_few', { sum });
    return sum + by > most ? [] : [{ type: 'Counted', by }];
  },
  evolve: (sum, event) => (event.type === 'Counted' ? sum + event.by : sum),
};
const counterType: AggregateType<number, Count, Counted> = { name: 'counter', decider: counter };

const cause = (commandId = uuid7(Date.now())): Cause => ({ commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' });

describe('aggregates whose streams others write to as well', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  let store: EventStore;
  let here: AggregateRuntime;
  let there: AggregateRuntime;
  let stream = '';

  beforeAll(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    store = openEmbeddedEventStore({ engine });
  });
  beforeEach(async () => {
    [here, there] = [new AggregateRuntime({ store, clock: systemClock, shared: true }), new AggregateRuntime({ store, clock: systemClock, shared: true })];
    stream = uuid7(Date.now());
    await here.execute(counterType, stream, { by: 1 }, cause());
    await there.execute(counterType, stream, { by: 1 }, cause());
  });
  afterAll(async () => {
    await store.close();
    await engine.close();
    directory.remove();
  });

  it('load what the others wrote', async () => {
    expect(await here.load(counterType, stream)).toEqual({ state: 2, revision: 1 });
    await there.execute(counterType, stream, { by: 5 }, cause());
    expect(await Promise.all([here.load(counterType, stream), here.load(counterType, stream)])).toEqual([{ state: 7, revision: 2 }, { state: 7, revision: 2 }]);
  });

  it('refuse only by the present state', async () => {
    expect(await here.execute(counterType, stream, { by: 1, least: 2 }, cause())).toMatchObject({ state: 3, revision: 2 });
    await expect(there.execute(counterType, stream, { by: 1, least: 9 }, cause())).rejects.toEqual(new DomainError('too_few', { sum: 3 }));
  });

  it('decide that nothing is to happen only by the present state', async () => {
    await there.execute(counterType, stream, { by: -2 }, cause());
    expect(await here.execute(counterType, stream, { by: 1, most: 1 }, cause())).toMatchObject({ state: 1, events: [{ by: 1 }] });
  });

  it('compare the expected revision with the present one', async () => {
    expect(await here.execute(counterType, stream, { by: 1 }, cause(), { expectedRevision: 1 })).toMatchObject({ revision: 2 });
    await expect(there.execute(counterType, stream, { by: 1 }, cause(), { expectedRevision: 1 })).rejects.toEqual(new RevisionMismatch(2));
  });

  it('answer a command that was carried out elsewhere with its first outcome', async () => {
    const repeated = cause();
    await there.execute(counterType, stream, { by: 5 }, repeated);
    expect(await here.execute(counterType, stream, { by: 5 }, repeated)).toMatchObject({ repeated: true, state: 7 });
  });

  it('look at the store once for all who ask at the same time', async () => {
    let reads = 0;
    const counted: EventStore = Object.create(store, { readStream: { value: (...read: Parameters<EventStore['readStream']>) => (reads++, store.readStream(...read)) } });
    const asked = new AggregateRuntime({ store: counted, clock: systemClock, shared: true });
    await asked.load(counterType, stream);
    reads = 0;
    await Promise.all(Array.from({ length: 50 }, () => asked.load(counterType, stream)));
    expect(reads).toBeLessThanOrEqual(2);
  });

  it('wake who waits, once told of what the others wrote', async () => {
    const waiting = here.until(counterType, stream, (sum) => sum >= 7, 10_000);
    await here.load(counterType, stream);
    await there.execute(counterType, stream, { by: 5 }, cause());
    for await (const page of store.readStream(`counter-${stream}`)) here.observe(page);
    expect(await waiting).toEqual({ state: 7, revision: 2 });
  });
});
