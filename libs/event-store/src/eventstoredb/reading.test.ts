import { idsOf, newStream, readAllOf, someEvents } from '../testing/events';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import { type RecordedEvent, StoreUnavailable } from '../port';

describe('reading from EventStoreDB', () => {
  const { double, open } = withDouble();

  it('goes on where it was when its connection is cut in the middle', async () => {
    const store = open();
    const stream = newStream();
    const events = someEvents(3_000);
    for (let from = 0; from < 3_000; from += 500) await store.append(stream, from === 0 ? 'no_stream' : from - 1, events.slice(from, from + 500));
    for (const direction of ['forwards', 'backwards'] as const) {
      const read: RecordedEvent[] = [];
      for await (const page of store.readStream(stream, { direction })) {
        read.push(...page);
        double().cutConnections();
      }
      expect(idsOf(read)).toEqual(idsOf(direction === 'forwards' ? events : events.toReversed()));
    }
    const log: RecordedEvent[] = [];
    for await (const page of store.readAll({ after: 0, prefixes: [stream] })) {
      log.push(...page.events);
      double().cutConnections();
    }
    expect(idsOf(log)).toEqual(idsOf(events));
  });

  it('ends in StoreUnavailable when the server says nothing for long, and works again afterwards', async () => {
    const [patient, store] = [open(), open({ patienceMs: 200, silenceMs: 150 })];
    const stream = newStream();
    await patient.append(stream, 'no_stream', someEvents(2));
    double().faults.set({ silent: true });
    await expect(readAllOf(store, stream)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.truncateStream(stream, 1)).rejects.toBeInstanceOf(StoreUnavailable);
    double().faults.set({});
    expect(await readAllOf(patient, stream)).toHaveLength(2);
  });

  it('is refused when the store is closed: the client would connect again', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(1));
    await store.close();
    await expect(readAllOf(store, stream)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
    for await (const _ of store.subscribe({ after: 0, signal: new AbortController().signal })) throw new Error('a page of a closed store');
  });

  it('does not forget less than before, nor bring back a deleted stream, when it truncates', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(5));
    await store.truncateStream(stream, 3);
    await store.truncateStream(stream, 1);
    expect((await readAllOf(store, stream)).map(({ revision }) => revision)).toEqual([3, 4]);
    await store.deleteStream(stream);
    await store.truncateStream(stream, 1);
    expect(await readAllOf(store, stream)).toEqual([]);
    expect(await store.append(stream, 'no_stream', someEvents(1))).toMatchObject({ revision: 5 });
  });
});
