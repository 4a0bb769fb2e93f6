import { closeSync, ftruncateSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreCorrupted } from '../port';
import { killChildren, startChild } from '../testing/child';
import { newStream, readAllOf, someEvent, someEvents } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEmbeddedEventStore } from './embedded-event-store';
import { EmbeddedEngine } from './engine';
import { damageOfLog } from './write-ahead-log';

describe('damage', () => {
  afterEach(killChildren);
  let directory: ReturnType<typeof temporaryDirectory>;
  let file: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    file = join(directory.path, 'tillroll.db');
  });
  afterEach(() => directory.remove());

  /** Opens, calls back, closes. */
  async function withStore<T>(use: (store: ReturnType<typeof openEmbeddedEventStore>, engine: EmbeddedEngine) => Promise<T>): Promise<T> {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    try {
      return await use(openEmbeddedEventStore({ engine }), engine);
    } finally {
      await engine.close();
    }
  }

  const open = () => EmbeddedEngine.open({ directory: directory.path });

  it('is named when the file is no database', () => {
    writeFileSync(file, 'this is a text file, and longer than the header of a database is: '.repeat(100));
    expect(open).toThrow(StoreCorrupted);
    expect(open).toThrow(file);
  });

  it('is named when the file is a database of something else', () => {
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    expect(open).toThrow(StoreCorrupted);
    expect(open).toThrow(file);
  });

  it.each(['emptied', 'removed'])('is named when the file of a used directory was %s', async (how) => {
    await withStore((store) => store.append(newStream(), 'no_stream', someEvents(1)));
    if (how === 'emptied') truncateSync(file, 0);
    else directory.remove();
    if (how === 'removed') return expect(() => EmbeddedEngine.open({ directory: directory.path, readOnly: true })).toThrow(file);
    expect(open).toThrow(StoreCorrupted);
    return expect(open).toThrow(file);
  });

  it('is named when the file was cut short', async () => {
    const stream = newStream();
    await withStore((store) => store.append(stream, 'no_stream', Array.from({ length: 200 }, () => someEvent({ filler: 'x'.repeat(500) }))));
    const descriptor = openSync(file, 'r+');
    ftruncateSync(descriptor, Math.floor(statSync(file).size / 2));
    closeSync(descriptor);
    const reading = async () => await withStore((store) => readAllOf(store, stream));
    await expect(reading()).rejects.toBeInstanceOf(StoreCorrupted);
    await expect(reading()).rejects.toThrow(file);
  });

  it('of one event names its stream and revision, and spares the others', async () => {
    const [damaged, whole] = [newStream('damaged'), newStream('whole')];
    await withStore(async (store) => {
      await store.append(whole, 'no_stream', someEvents(3));
      await store.append(damaged, 'no_stream', [someEvent(), someEvent({ word: 'original-word' }), someEvent()]);
    });
    const bytes = readFileSync(file);
    bytes.write('0', bytes.indexOf('original-word'));
    writeFileSync(file, bytes);
    await withStore(async (store) => {
      expect(await readAllOf(store, whole)).toHaveLength(3);
      await expect(readAllOf(store, damaged)).rejects.toBeInstanceOf(StoreCorrupted);
      await expect(readAllOf(store, damaged)).rejects.toThrow(`event 1 of stream ${damaged}`);
      await expect(readAllOf(store, damaged, { direction: 'backwards' })).rejects.toBeInstanceOf(StoreCorrupted);
      await expect(async () => {
        for await (const _ of store.readAll({ after: 0 }));
      }).rejects.toThrow(`event 1 of stream ${damaged}`);
    });
  });

  it('of a lost event shows as a gap', async () => {
    const stream = newStream();
    await withStore(async (store, engine) => {
      await store.append(stream, 'no_stream', someEvents(4));
      engine.prepare('DELETE FROM events WHERE revision = 2').run();
      await expect(readAllOf(store, stream)).rejects.toThrow(`event 2 of stream ${stream} is missing`);
    });
  });

  it('of an event that moved to another stream is found', async () => {
    const [one, two] = [newStream(), newStream()];
    await withStore(async (store, engine) => {
      await store.append(one, 'no_stream', someEvents(2));
      await store.append(two, 'no_stream', someEvents(1));
      engine.prepare('UPDATE events SET stream = (SELECT key FROM streams WHERE name = ?) WHERE revision = 1').run(two);
      await expect(readAllOf(store, two)).rejects.toBeInstanceOf(StoreCorrupted);
    });
  });

  describe('in the log of a process that was killed', () => {
    const WRITER = resolve(__dirname, '../testing/append-for-ever.child.ts');
    let wal: Buffer;
    beforeEach(async () => {
      const child = startChild(WRITER, [directory.path, '20']);
      for await (const line of child.lines) if (line === 'done') child.process.kill('SIGKILL');
      await child.ended;
      wal = readFileSync(`${file}-wal`);
    });

    it('is named when acknowledged commits lie behind it', () => {
      expect(damageOfLog(`${file}-wal`)).toBeUndefined();
      const middle = Math.floor(wal.length / 2);
      wal.writeUInt8(wal.readUInt8(middle) ^ 1, middle);
      writeFileSync(`${file}-wal`, wal);
      expect(open).toThrow(StoreCorrupted);
      expect(open).toThrow(`${file}-wal`);
      expect(() => EmbeddedEngine.open({ directory: directory.path, readOnly: true, alone: true })).toThrow(`${file}-wal`);
    });

    it('is named when it is in the header', () => {
      wal.writeUInt8(wal.readUInt8(20) ^ 1, 20);
      writeFileSync(`${file}-wal`, wal);
      expect(open).toThrow(StoreCorrupted);
    });

    it('is no damage when the end is torn: the commits before it are there', async () => {
      writeFileSync(`${file}-wal`, wal.subarray(0, wal.length - 1_000));
      await withStore(async (store, engine) => {
        expect(await store.head()).toBeGreaterThan(150);
        engine.verify();
      });
    });
  });
});
