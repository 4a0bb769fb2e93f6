import { type EventStore, type NewEvent, WrongExpectedRevision } from '../port';
import { appendOneByOne, idsOf, newStream, readAllOf, someEvent, someEvents } from './events';

const aNumber = expect.any(Number) as unknown;

export function appendingContract(store: () => EventStore): void {
  it('gives revisions from 0 without gaps, and rising positions', async () => {
    const stream = newStream();
    const first = await store().append(stream, 'no_stream', someEvents(2));
    const second = await store().append(stream, 1, someEvents(3));
    expect([first.revision, second.revision]).toEqual([1, 4]);
    expect(second.position).toBeGreaterThan(first.position);
    const events = await readAllOf(store(), stream);
    expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
    expect(events.map(({ position }) => position)).toEqual(events.map(({ position }) => position).toSorted((a, b) => a - b));
    expect(events.at(-1)?.position).toBe(second.position);
  });

  it('keeps what it was given: id, type, data and metadata', async () => {
    const stream = newStream();
    const event = someEvent({ text: 'Käse \u{1f9c0} "quoted" \n', number: -0.5, large: Number.MAX_SAFE_INTEGER, deep: { list: [1, null, { yes: true }] } });
    await store().append(stream, 'no_stream', [{ ...event, metadata: { ...event.metadata, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', keyed: true } }]);
    expect(await readAllOf(store(), stream)).toEqual([
      {
        ...event,
        metadata: { ...event.metadata, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', keyed: true },
        streamId: stream,
        revision: 0,
        position: aNumber,
      },
    ]);
  });

  it('takes a batch of 500 events whole', async () => {
    const stream = newStream();
    const events = someEvents(500);
    expect(await store().append(stream, 'no_stream', events)).toMatchObject({ revision: 499 });
    expect(idsOf(await readAllOf(store(), stream))).toEqual(idsOf(events));
  });

  it('refuses no_stream for a stream that exists, naming where it is', async () => {
    const stream = newStream();
    await store().append(stream, 'no_stream', someEvents(3));
    const refused = store().append(stream, 'no_stream', someEvents(1));
    await expect(refused).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(refused).rejects.toMatchObject({ streamId: stream, expected: 'no_stream', actual: 2 });
  });

  it('refuses a revision for a stream that does not exist', async () => {
    const stream = newStream();
    await expect(store().append(stream, 0, someEvents(1))).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected: 0, actual: 'no_stream' });
    expect(await readAllOf(store(), stream)).toEqual([]);
  });

  it.each([1, 3])('refuses revision %s for a stream at 2', async (expected) => {
    const stream = newStream();
    await appendOneByOne(store(), stream, someEvents(3));
    await expect(store().append(stream, expected, someEvents(1))).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected, actual: 2 });
    expect(await readAllOf(store(), stream)).toHaveLength(3);
  });

  it('has exactly one winner among 50 racing appends at one revision', async () => {
    const stream = newStream();
    await store().append(stream, 'no_stream', someEvents(1));
    const racers = Array.from({ length: 50 }, () => someEvents(2));
    const outcomes = await Promise.allSettled(racers.map((events) => store().append(stream, 0, events)));
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([{ status: 'fulfilled', value: { revision: 2, position: aNumber } }]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(WrongExpectedRevision);
    expect(idsOf((await readAllOf(store(), stream)).slice(1))).toEqual(idsOf(racers[winner] ?? []));
  });

  it('lets appends on other streams pass beside one that is refused', async () => {
    const [taken, ...others] = Array.from({ length: 20 }, () => newStream());
    await store().append(String(taken), 'no_stream', someEvents(1));
    const outcomes = await Promise.allSettled([taken, ...others].map((stream) => store().append(String(stream), 'no_stream', someEvents(2))));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', ...others.map(() => 'fulfilled')]);
  });

  it.each<[string, readonly NewEvent[]]>([
    ['no events', []],
    ['an id that is no UUID', [{ ...someEvent(), id: '42' }]],
    ['an empty type', [{ ...someEvent(), type: '' }]],
    ['one bad event behind a good one', [someEvent(), { ...someEvent(), id: '' }]],
    ['data that is no object', [{ ...someEvent(), data: JSON.parse('[1]') as Readonly<Record<string, unknown>> }]],
    ['data that cannot be serialised', [someEvent({ amount: 1n })]],
  ])('refuses %s with a TypeError, and goes on', async (_, events) => {
    const stream = newStream();
    await expect(store().append(stream, 'no_stream', events)).rejects.toBeInstanceOf(TypeError);
    expect(await store().append(stream, 'no_stream', someEvents(1))).toMatchObject({ revision: 0 });
  });

  it.each([-1, 0.5, Number.NaN])('refuses to expect revision %s with a TypeError', async (expected) => {
    await expect(store().append(newStream(), expected, someEvents(1))).rejects.toBeInstanceOf(TypeError);
  });

  it.each(['', 'nul-\0', 'lone-\ud800'])('refuses the stream id %j with a TypeError', async (stream) => {
    await expect(store().append(stream, 'no_stream', someEvents(1))).rejects.toBeInstanceOf(TypeError);
  });
}
