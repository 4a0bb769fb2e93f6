import { resolve } from 'node:path';
import { killChildren, startChild } from '../testing/child';
import { newStream, readAllOf, someEvent } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEventStoreDb } from './eventstoredb-event-store';

const DOUBLE = resolve(__dirname, '../testing/eventstoredb-double/main.ts');

describe('kill -9 of the server (a test double in a process of its own) under load', () => {
  afterEach(killChildren);
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  async function startDouble(port = 0, options: { readonly limit?: number } = {}) {
    const child = startChild(DOUBLE, [directory.path, String(port)], options);
    const url = String((await child.lines.next()).value);
    return { child, url, port: Number(/:(\d+)\?/.exec(url)?.[1]) };
  }

  it('loses nothing that was acknowledged, writes nothing twice, and subscribers see each event once', async () => {
    let server = await startDouble();
    const store = openEventStoreDb({ url: server.url, patienceMs: 30_000 });
    const prefix = `${newStream('crash')}-`;
    const ending = new AbortController();
    const delivered = new Map<string, number[]>();
    let count = 0;
    let check = () => {};
    const following = (async () => {
      for await (const { events } of store.subscribe({ after: 0, prefixes: [prefix], signal: ending.signal })) {
        for (const { streamId, revision } of events) delivered.set(streamId, [...(delivered.get(streamId) ?? []), revision]);
        count += events.length;
        check();
      }
    })();
    const deliveredAtLeast = async (wanted: number) => {
      while (count < wanted) await new Promise<void>((done) => (check = done));
    };
    let isOver = false;
    const acknowledged = new Map<string, string[]>();
    const writing = Array.from({ length: 20 }, async (_, writer) => {
      const stream = `${prefix}${writer}`;
      const ids: string[] = [];
      acknowledged.set(stream, ids);
      for (let revision = -1; !isOver; ) {
        const events = [someEvent({ writer }), someEvent({ writer })];
        ({ revision } = await store.append(stream, revision < 0 ? 'no_stream' : revision, events));
        ids.push(...events.map(({ id }) => id));
      }
    });
    for (const wanted of [300, 900, 1_500]) {
      await deliveredAtLeast(wanted);
      server.child.process.kill('SIGKILL');
      await server.child.ended;
      server = await startDouble(server.port);
    }
    await deliveredAtLeast(2_000);
    isOver = true;
    await Promise.all(writing);
    await deliveredAtLeast([...acknowledged.values()].reduce((sum, ids) => sum + ids.length, 0));
    ending.abort();
    await following;
    for (const [stream, ids] of acknowledged) {
      expect((await readAllOf(store, stream)).map(({ id }) => id)).toEqual(ids);
      expect(delivered.get(stream)).toEqual(ids.map((_, revision) => revision));
    }
    await store.close();
    server.child.process.kill('SIGTERM');
    expect(await server.child.ended).toBe(0);
  }, 60_000);

  it('notices a server that is stopped without its connection being closed, and works when it goes on', async () => {
    const server = await startDouble();
    const [patient, impatient] = [openEventStoreDb({ url: server.url, patienceMs: 30_000, silenceMs: 500 }), openEventStoreDb({ url: server.url, patienceMs: 500, silenceMs: 300 })];
    const stream = newStream('stopped');
    await patient.append(stream, 'no_stream', [someEvent()]);
    // Connects, if it can that soon.
    await impatient.head().catch(() => undefined);
    server.child.process.kill('SIGSTOP');
    const appending = patient.append(stream, 0, [someEvent()]);
    await expect(impatient.append(stream, 0, [someEvent()])).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await expect(readAllOf(impatient, stream)).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await expect(impatient.head()).rejects.toMatchObject({ name: 'StoreUnavailable' });
    server.child.process.kill('SIGCONT');
    const outcome = await appending.then(({ revision }) => revision, (error: unknown) => (error as Error).name);
    // What was given up may have been written first: its outcome was unknown.
    expect([1, 'WrongExpectedRevision']).toContain(outcome);
    expect(await readAllOf(patient, stream)).toHaveLength(2);
    await Promise.all([patient.close(), impatient.close()]);
  }, 60_000);

  it('answers StoreUnavailable while the server cannot write, reads all the same, and goes on when there is room again', async () => {
    const full = await startDouble(0, { limit: 12_000 });
    const store = openEventStoreDb({ url: full.url, patienceMs: 1_000 });
    const stream = newStream('full');
    const kept: string[] = [];
    let lost = '';
    while (lost === '') {
      const event = someEvent({ filler: 'x'.repeat(300_000) });
      await store.append(stream, kept.length === 0 ? 'no_stream' : kept.length - 1, [event]).then(
        () => kept.push(event.id),
        (error: unknown) => (lost = (error as Error).name),
      );
    }
    expect(lost).toBe('StoreUnavailable');
    expect((await readAllOf(store, stream)).map(({ id }) => id)).toEqual(kept);
    full.child.process.kill('SIGKILL');
    await full.child.ended;
    await startDouble(full.port);
    expect(await store.append(stream, kept.length - 1, [someEvent()])).toMatchObject({ revision: kept.length });
    await store.close();
  }, 60_000);
});
