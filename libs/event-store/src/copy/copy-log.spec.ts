import { systemClock } from '@tillroll/kernel';
import { openEmbeddedEventStore } from '../embedded/embedded-event-store';
import { emptiedStreams } from '../embedded/emptied-streams';
import { EmbeddedEngine } from '../embedded/engine';
import { type EventStore, type RecordedEvent, StoreUnavailable } from '../port';
import { newStream, readAllOf, someEvent, someEvents } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { copyEmptiedStream, copyLog } from './copy-log';
import { LogDigest } from './log-digest';
import { isMarkOfMove } from './marks-of-a-move';

describe('copying a log', () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  function openStore(): { readonly store: EventStore; readonly engine: EmbeddedEngine } {
    const directory = temporaryDirectory();
    const engine = EmbeddedEngine.open({ directory: directory.path });
    opened.push(async () => {
      await engine.close();
      directory.remove();
    });
    return { store: openEmbeddedEventStore({ engine }), engine };
  }

  async function logOf(store: EventStore): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const { events } of store.readAll({ after: 0 })) found.push(...events.filter((event) => !isMarkOfMove(event)));
    return found;
  }

  async function digestOf(store: EventStore): Promise<LogDigest> {
    const digest = new LogDigest();
    for (const event of await logOf(store)) digest.add(event);
    return digest;
  }

  async function copy(source: EventStore, target: EventStore, barriers: readonly number[] = []): Promise<number> {
    let written = 0;
    const { streams: present } = await digestOf(target);
    await copyLog({ source, target, clock: systemClock, present, barriers, patienceMs: 2_000, onWritten: (events) => (written += events) });
    return written;
  }

  /** Streams that grow in turns, as those of a shop do. */
  async function fill(store: EventStore): Promise<readonly string[]> {
    const streams = Array.from({ length: 12 }, () => newStream());
    for (let round = 0; round < 15; round++)
      for (const [index, stream] of streams.entries()) {
        const size = 1 + ((round * 7 + index) % 4);
        const { length } = await readAllOf(store, stream);
        await store.append(stream, length === 0 ? 'no_stream' : length - 1, someEvents(size));
      }
    return streams;
  }

  it('keeps ids, types, data, metadata, revisions, and the order of the log', async () => {
    const [source, target] = [openStore().store, openStore().store];
    await fill(source);
    const written = await copy(source, target);
    const [from, to] = [await logOf(source), await logOf(target)];
    expect(written).toBe(from.length);
    expect(to.map(({ position: _, ...event }) => event)).toEqual(from.map(({ position: _, ...event }) => event));
    const [before, after] = [await digestOf(source), await digestOf(target)];
    expect(after.whole).toBe(before.whole);
    expect(after.order).toBe(before.order);
  });

  it('goes on where it was, and does nothing once all is there', async () => {
    const [source, target] = [openStore().store, openStore().store];
    const [first = ''] = await fill(source);
    for await (const page of source.readStream(first, { limit: 3 })) await target.append(first, 'no_stream', page);
    expect(await copy(source, target)).toBe((await logOf(source)).length - 3);
    expect(await copy(source, target)).toBe(0);
    expect((await digestOf(target)).whole).toBe((await digestOf(source)).whole);
  });

  it('keeps the revisions of streams that were truncated, deleted or begun anew', async () => {
    const [source, target] = [openStore(), openStore()];
    const [truncated, emptied, deleted, anew] = [newStream('truncated'), newStream('emptied'), newStream('deleted'), newStream('anew')];
    await source.store.append(truncated, 'no_stream', someEvents(700));
    await source.store.truncateStream(truncated, 650);
    await source.store.append(emptied, 'no_stream', someEvents(3));
    await source.store.truncateStream(emptied, 3);
    await source.store.append(deleted, 'no_stream', someEvents(4));
    await source.store.deleteStream(deleted);
    await source.store.append(anew, 'no_stream', someEvents(2));
    await source.store.deleteStream(anew);
    await source.store.append(anew, 'no_stream', someEvents(2));

    const emptiedOnes = emptiedStreams(source.engine);
    expect(emptiedOnes).toEqual([
      { streamId: deleted, next: 4, deleted: true },
      { streamId: emptied, next: 3, deleted: false },
    ]);
    await copy(source.store, target.store);
    for (const stream of emptiedOnes) await copyEmptiedStream(target.store, stream, someEvent().metadata);

    expect((await digestOf(target.store)).streams).toEqual((await digestOf(source.store)).streams);
    const revisions = async ({ store }: { readonly store: EventStore }) => [
      (await readAllOf(store, truncated, { limit: 1 }))[0]?.revision,
      (await store.append(truncated, 699, someEvents(1))).revision,
      (await store.append(emptied, 2, someEvents(1))).revision,
      (await store.append(deleted, 'no_stream', someEvents(1))).revision,
      (await readAllOf(store, anew, { limit: 1 }))[0]?.revision,
      (await store.append(anew, 3, someEvents(1))).revision,
    ];
    expect(await revisions(target)).toEqual(await revisions(source));
  });

  it('goes on behind placeholders that it could not truncate any more', async () => {
    const [source, target] = [openStore().store, openStore().store];
    const stream = newStream();
    await source.append(stream, 'no_stream', someEvents(5));
    await source.truncateStream(stream, 3);
    const dying: EventStore = Object.create(target, { truncateStream: { value: () => Promise.reject(new StoreUnavailable('gone')) } });
    await expect(copy(source, dying)).rejects.toBeInstanceOf(StoreUnavailable);
    await copy(source, target);
    expect((await readAllOf(target, stream)).map(({ revision }) => revision)).toEqual([3, 4]);
    expect((await digestOf(target)).whole).toBe((await digestOf(source)).whole);
  });

  it('survives a target that fails now and then, before or after it wrote', async () => {
    const [source, target] = [openStore().store, openStore().store];
    await fill(source);
    let calls = 0;
    const flaky: EventStore = Object.create(target, {
      append: {
        async value(...call: Parameters<EventStore['append']>) {
          const number = ++calls;
          if (number % 7 === 3) throw new StoreUnavailable('before');
          const appended = await target.append(...call);
          if (number % 11 === 5) throw new StoreUnavailable('after');
          return appended;
        },
      },
    });
    await copy(source, flaky);
    const [before, after] = [await digestOf(source), await digestOf(target)];
    expect(after.whole).toBe(before.whole);
    expect(after.events).toBe(before.events);
  });

  it('takes up what another process has left half written', async () => {
    const [source, target] = [openStore().store, openStore().store];
    const stream = newStream();
    await source.append(stream, 'no_stream', someEvents(6));
    const events = await logOf(source);
    await target.append(stream, 'no_stream', events.slice(0, 2));
    await copyLog({ source, target, clock: systemClock, present: new Map(), barriers: [], patienceMs: 0, onWritten: () => undefined });
    expect((await digestOf(target)).whole).toBe((await digestOf(source)).whole);
  });

  it('refuses to go on where the target has another event', async () => {
    const [source, target] = [openStore().store, openStore().store];
    const stream = newStream();
    await source.append(stream, 'no_stream', someEvents(6));
    await target.append(stream, 'no_stream', someEvents(2));
    const copying = copyLog({ source, target, clock: systemClock, present: new Map(), barriers: [], patienceMs: 0, onWritten: () => undefined });
    await expect(copying).rejects.toMatchObject({ name: 'OtherEventThere', streamId: stream, revision: 0 });
  });

  it('begins nothing behind a barrier before all up to it is written', async () => {
    const [source, target] = [openStore().store, openStore().store];
    await fill(source);
    const log = await logOf(source);
    const barrier = log[100]?.position ?? 0;
    const before = new Set(log.filter(({ position }) => position <= barrier).map(({ id }) => id));
    const written = new Set<string>();
    let early = 0;
    const watched: EventStore = Object.create(target, {
      append: {
        async value(...call: Parameters<EventStore['append']>) {
          if (!before.has(call[2][0]?.id ?? '') && written.size < before.size) early++;
          const appended = await target.append(...call);
          for (const { id } of call[2]) written.add(id);
          return appended;
        },
      },
    });
    await copy(source, watched, [barrier]);
    expect(early).toBe(0);
    expect(written.size).toBe(log.length);
  });
});
