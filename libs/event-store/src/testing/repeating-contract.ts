import { randomUUID } from 'node:crypto';
import { type EventStore, WrongExpectedRevision } from '../port';
import { idsOf, newStream, readAllOf, someEvent, someEvents } from './events';

/** The table of EventStoreDB, row by row: ids decide, and where they are. */
export function repeatingContract(store: () => EventStore): void {
  it('answers the same ids at the same revision with the first outcome', async () => {
    const stream = newStream();
    const events = someEvents(3);
    const first = await store().append(stream, 'no_stream', events);
    expect(await store().append(stream, 'no_stream', events)).toEqual(first);
    expect(await readAllOf(store(), stream)).toHaveLength(3);
  });

  it('answers so later too, when the stream has gone on', async () => {
    const stream = newStream();
    const [begin, middle, end] = [someEvents(1), someEvents(2), someEvents(1)];
    const first = await store().append(stream, 'no_stream', begin);
    const second = await store().append(stream, 0, middle);
    await store().append(stream, 2, end);
    expect(await store().append(stream, 'no_stream', begin)).toEqual(first);
    expect(await store().append(stream, 0, middle)).toEqual(second);
    expect(idsOf(await readAllOf(store(), stream))).toEqual(idsOf([...begin, ...middle, ...end]));
  });

  it('writes the same ids again at a later and current revision', async () => {
    const stream = newStream();
    const events = someEvents(2);
    await store().append(stream, 'no_stream', events);
    expect(await store().append(stream, 1, events)).toMatchObject({ revision: 3 });
    expect(idsOf(await readAllOf(store(), stream))).toEqual(idsOf([...events, ...events]));
  });

  it('refuses the same ids at a wrong earlier revision', async () => {
    const stream = newStream();
    const events = someEvents(2);
    await store().append(stream, 'no_stream', someEvents(3));
    await store().append(stream, 2, events);
    await expect(store().append(stream, 0, events)).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(store().append(stream, 'no_stream', events)).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await readAllOf(store(), stream)).toHaveLength(5);
  });

  it('refuses a partial overlap', async () => {
    const stream = newStream();
    const [a, b, c] = [someEvent(), someEvent(), someEvent()];
    await store().append(stream, 'no_stream', [a, b]);
    await expect(store().append(stream, 'no_stream', [a, b, c])).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(store().append(stream, 'no_stream', [b, c])).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(store().append(stream, 0, [b, c])).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(idsOf(await readAllOf(store(), stream))).toEqual(idsOf([a, b]));
  });

  it('refuses the same ids in another order', async () => {
    const stream = newStream();
    const [a, b] = [someEvent(), someEvent()];
    await store().append(stream, 'no_stream', [a, b]);
    await expect(store().append(stream, 'no_stream', [b, a])).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(idsOf(await readAllOf(store(), stream))).toEqual(idsOf([a, b]));
  });

  it('answers a prefix of the ids with the revision of its last one', async () => {
    const stream = newStream();
    const events = someEvents(3);
    await store().append(stream, 'no_stream', events);
    expect(await store().append(stream, 'no_stream', events.slice(0, 2))).toMatchObject({ revision: 1 });
    expect(await readAllOf(store(), stream)).toHaveLength(3);
  });

  it('keeps the first data when the same ids come with other data', async () => {
    const stream = newStream();
    const id = randomUUID();
    await store().append(stream, 'no_stream', [{ ...someEvent({ kept: true }), id }]);
    expect(await store().append(stream, 'no_stream', [{ ...someEvent({ kept: false }), id }])).toMatchObject({ revision: 0 });
    expect((await readAllOf(store(), stream)).map(({ data }) => data)).toEqual([{ kept: true }]);
  });

  it('writes once what is repeated while the first is in flight', async () => {
    const stream = newStream();
    const events = someEvents(2);
    const outcomes = await Promise.all([1, 2, 3].map(() => store().append(stream, 'no_stream', events)));
    expect(new Set(outcomes.map(({ revision }) => revision))).toEqual(new Set([1]));
    expect(await readAllOf(store(), stream)).toHaveLength(2);
  });

  it('knows the ids of one stream from those of another', async () => {
    const events = someEvents(2);
    const streams = [newStream(), newStream()];
    for (const stream of streams) expect(await store().append(stream, 'no_stream', events)).toMatchObject({ revision: 1 });
    for (const stream of streams) expect(await readAllOf(store(), stream)).toHaveLength(2);
  });
}
