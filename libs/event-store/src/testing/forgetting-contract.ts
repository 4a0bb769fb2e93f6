import { type EventStore, WrongExpectedRevision } from '../port';
import { idsOf, newStream, readAllOf, someEvents } from './events';

export function forgettingContract(store: () => EventStore): void {
  it('truncates what is before a revision, and goes on at the end', async () => {
    const stream = newStream();
    const events = someEvents(5);
    await store().append(stream, 'no_stream', events);
    await store().truncateStream(stream, 3);
    expect((await readAllOf(store(), stream)).map(({ revision }) => revision)).toEqual([3, 4]);
    expect((await readAllOf(store(), stream, { direction: 'backwards' })).map(({ revision }) => revision)).toEqual([4, 3]);
    expect((await readAllOf(store(), stream, { from: 1 })).map(({ revision }) => revision)).toEqual([3, 4]);
    expect(await store().append(stream, 4, someEvents(1))).toMatchObject({ revision: 5 });
  });

  it('keeps the revision of a stream of which everything is truncated', async () => {
    const stream = newStream();
    await store().append(stream, 'no_stream', someEvents(2));
    await store().truncateStream(stream, 2);
    expect(await readAllOf(store(), stream)).toEqual([]);
    expect(await store().append(stream, 1, someEvents(1))).toMatchObject({ revision: 2 });
  });

  it('deletes a stream: it reads as if it were not there', async () => {
    const stream = newStream();
    await store().append(stream, 'no_stream', someEvents(3));
    await store().deleteStream(stream);
    expect(await readAllOf(store(), stream)).toEqual([]);
    expect(await readAllOf(store(), stream, { direction: 'backwards' })).toEqual([]);
  });

  it('goes on at the old revision + 1 when a deleted stream begins anew', async () => {
    const stream = newStream();
    await store().append(stream, 'no_stream', someEvents(3));
    await store().deleteStream(stream);
    const events = someEvents(2);
    const first = await store().append(stream, 'no_stream', events);
    expect(first).toMatchObject({ revision: 4 });
    expect(await store().append(stream, 'no_stream', events)).toEqual(first);
    const found = await readAllOf(store(), stream);
    expect(idsOf(found)).toEqual(idsOf(events));
    expect(found.map(({ revision }) => revision)).toEqual([3, 4]);
    await expect(store().append(stream, 'no_stream', someEvents(1))).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await store().append(stream, 4, someEvents(1))).toMatchObject({ revision: 5 });
  });

  it('deletes twice, and what never was', async () => {
    const stream = newStream();
    await store().deleteStream(stream);
    expect(await store().append(stream, 'no_stream', someEvents(1))).toMatchObject({ revision: 0 });
    await store().deleteStream(stream);
    await store().deleteStream(stream);
    expect(await store().append(stream, 'no_stream', someEvents(1))).toMatchObject({ revision: 1 });
  });

  it('leaves other streams as they are', async () => {
    const [kept, gone] = [newStream(), newStream()];
    const events = someEvents(2);
    await store().append(kept, 'no_stream', events);
    await store().append(gone, 'no_stream', someEvents(2));
    await store().deleteStream(gone);
    await store().truncateStream(gone, 1);
    expect(idsOf(await readAllOf(store(), kept))).toEqual(idsOf(events));
  });

  it('never gives a position twice, also when the last events of the log are deleted', async () => {
    const gone = newStream();
    const { position } = await store().append(gone, 'no_stream', someEvents(3));
    await store().deleteStream(gone);
    expect((await store().append(newStream(), 'no_stream', someEvents(1))).position).toBeGreaterThan(position);
  });
}
