import { resolve } from 'node:path';
import { StoreUnavailable } from '../port';
import { killChildren, startChild } from '../testing/child';
import { newStream, readAllOf, someEvent, someEvents } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEmbeddedEventStore } from './embedded-event-store';
import { EmbeddedEngine } from './engine';

describe('a full disk', () => {
  afterEach(killChildren);
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('rejects the appends in flight, keeps what was acknowledged, and takes appends again once there is room', async () => {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    const store = openEmbeddedEventStore({ engine });
    const setLimit = (pages: number) => engine.prepare(`PRAGMA max_page_count=${pages}`).get();
    const [long, other] = [newStream(), newStream()];
    await store.append(long, 'no_stream', someEvents(1));
    const seen: number[] = [];
    const ending = new AbortController();
    const subscribed = (async () => {
      for await (const page of store.subscribe({ after: 0, prefixes: [long], signal: ending.signal })) seen.push(...page.events.map(({ revision }) => revision));
    })();

    setLimit(Number(engine.prepare('PRAGMA page_count').get()?.page_count) + 3);
    let revision = 0;
    let failure: unknown;
    const filler = 'x'.repeat(3_000);
    while (failure === undefined) {
      const group = await Promise.allSettled([
        store.append(long, revision, [someEvent({ filler })]),
        store.append(newStream(), 'no_stream', [someEvent({ filler })]),
        store.append(other, 'no_stream', [someEvent({ filler })]),
      ]);
      const [first] = group;
      if (first?.status === 'fulfilled') ({ revision } = first.value);
      else {
        failure = first?.reason;
        for (const outcome of group) expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } });
      }
    }
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(failure).toMatchObject({ message: expect.stringContaining(engine.file) as unknown });
    expect(await readAllOf(store, long)).toHaveLength(revision + 1);

    setLimit(1_000_000);
    expect(await store.append(long, revision, [someEvent({ filler })])).toMatchObject({ revision: revision + 1 });
    expect((await readAllOf(store, long)).map((event) => event.revision)).toEqual(Array.from({ length: revision + 2 }, (_, i) => i));
    while (seen.length < revision + 2) await new Promise(setImmediate);
    expect(seen).toEqual(Array.from({ length: revision + 2 }, (_, i) => i));
    ending.abort();
    await subscribed;
    await engine.close();
  });

  it('is survived when the commit itself finds it', async () => {
    const child = startChild(resolve(__dirname, '../testing/fill-the-disk.child.ts'), [directory.path], { limit: 700 });
    const lines: string[] = [];
    for await (const line of child.lines) lines.push(line);
    expect(lines.at(-1)).toBe('StoreUnavailable, then readable');
    expect(await child.ended).toBe(0);
    const engine = EmbeddedEngine.open({ directory: directory.path });
    const store = openEmbeddedEventStore({ engine });
    const acknowledged = Number(lines.at(-2));
    const events = await readAllOf(store, 'filling');
    expect(events.length).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.append('filling', events.length - 1, someEvents(1))).toMatchObject({ revision: events.length });
    engine.verify();
    await engine.close();
  }, 30_000);
});
