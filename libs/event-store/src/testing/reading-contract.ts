import { BEGINNING, type EventStore, type RecordedEvent, type SubscriptionPage } from '../port';
import { idsOf, newStream, readAllOf, someEvents } from './events';

export function readingContract(store: () => EventStore): void {
  it('finds nothing in a stream that does not exist', async () => {
    expect(await readAllOf(store(), newStream())).toEqual([]);
    expect(await readAllOf(store(), newStream(), { direction: 'backwards' })).toEqual([]);
  });

  describe('a stream of 1,200 events', () => {
    const stream = newStream();
    const events = someEvents(1_200);
    beforeAll(async () => {
      await store().append(stream, 'no_stream', events.slice(0, 700));
      await store().append(stream, 699, events.slice(700));
    });

    it.each([
      ['forwards from the start', {}, events],
      ['forwards from a revision', { from: 1_150 }, events.slice(1_150)],
      ['a part, forwards', { from: 400, limit: 650 }, events.slice(400, 1_050)],
      ['nothing behind the end', { from: 1_200 }, []],
      ['backwards from the end', { direction: 'backwards' as const }, events.toReversed()],
      ['the last event', { direction: 'backwards' as const, limit: 1 }, events.slice(-1)],
      ['backwards from a revision', { direction: 'backwards' as const, from: 2 }, events.slice(0, 3).toReversed()],
      ['backwards from behind the end', { direction: 'backwards' as const, from: 5_000, limit: 2 }, events.slice(-2).toReversed()],
      ['nothing at all', { limit: 0 }, []],
    ])('yields %s', async (_, options, expected) => {
      expect(idsOf(await readAllOf(store(), stream, options))).toEqual(idsOf(expected));
    });

    it('may be left early, and read by several at once', async () => {
      for await (const page of store().readStream(stream)) {
        expect(page.length).toBeGreaterThan(0);
        break;
      }
      const readers = await Promise.all([1, 2, 3].map(() => readAllOf(store(), stream)));
      for (const read of readers) expect(idsOf(read)).toEqual(idsOf(events));
    });
  });

  it('sees its own append at once', async () => {
    const stream = newStream();
    let revision: number | 'no_stream' = 'no_stream';
    for (const event of someEvents(20)) {
      ({ revision } = await store().append(stream, revision, [event]));
      expect((await readAllOf(store(), stream, { direction: 'backwards', limit: 1 }))[0]?.id).toBe(event.id);
    }
  });

  it('yields the log after a position, in the order of positions, and each position once', async () => {
    const before = await store().head();
    const streams = Array.from({ length: 10 }, () => newStream('log'));
    const appended = await Promise.all(streams.map((stream) => store().append(stream, 'no_stream', someEvents(30))));
    const log = await readLog(store(), before, ['log-']);
    expect(log.filter(({ streamId }) => streams.includes(streamId))).toHaveLength(300);
    expect(log.map(({ position }) => position)).toEqual(log.map(({ position }) => position).toSorted((a, b) => a - b));
    expect(new Set(log.map(({ position }) => position)).size).toBe(log.length);
    expect(await store().head()).toBeGreaterThanOrEqual(Math.max(...appended.map(({ position }) => position)));
  });

  it('restricts the log to prefixes of stream ids', async () => {
    const before = await store().head();
    const [apple, appleTree, pear] = [newStream('apple'), newStream('appletree'), newStream('pear')];
    for (const stream of [apple, appleTree, pear]) await store().append(stream, 'no_stream', someEvents(2));
    const read = async (prefixes: readonly string[]) => (await readLog(store(), before, prefixes)).map(({ streamId }) => streamId);
    expect(await read(['apple-'])).toEqual([apple, apple]);
    expect(await read(['apple'])).toEqual([apple, apple, appleTree, appleTree]);
    expect(await read(['pear-', 'apple-'])).toEqual([apple, apple, pear, pear]);
    expect(await read(['plum-'])).toEqual([]);
  });

  it('tells in its last page how far the log was read, also when nothing matched', async () => {
    const { position } = await store().append(newStream(), 'no_stream', someEvents(1));
    const pages: SubscriptionPage[] = [];
    for await (const page of store().readAll({ after: BEGINNING, prefixes: ['none-of-these-'] })) pages.push(page);
    expect(pages.flatMap(({ events }) => events)).toEqual([]);
    expect(pages.at(-1)?.position).toBeGreaterThanOrEqual(position);
  });

  it('goes on from any position of a page without a gap and without repeating', async () => {
    const before = await store().head();
    const stream = newStream('resume');
    for (let i = 0; i < 10; i++) await store().append(stream, i === 0 ? 'no_stream' : i * 3 - 1, someEvents(3));
    const all = await readLog(store(), before, ['resume-']);
    expect(all).toHaveLength(30);
    for (const [index, { position }] of all.entries()) expect(idsOf(await readLog(store(), position, ['resume-']))).toEqual(idsOf(all.slice(index + 1)));
  });
}

async function readLog(store: EventStore, after: number, prefixes: readonly string[]): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const page of store.readAll({ after, prefixes })) found.push(...page.events);
  return found;
}
