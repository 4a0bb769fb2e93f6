import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreUnavailable } from '../port';
import { killChildren, startChild } from '../testing/child';
import { newStream, readAllOf, someEvents } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { DirectoryInUse, isDirectoryInUse } from './directory-lock';
import { openEmbeddedEventStore } from './embedded-event-store';
import { EmbeddedEngine } from './engine';

const WRITER = resolve(__dirname, '../testing/append-for-ever.child.ts');

describe('the data directory', () => {
  afterEach(killChildren);
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('is refused to a second process by name, and free once the first was killed', async () => {
    expect(isDirectoryInUse(directory.path)).toBe(false);
    const child = startChild(WRITER, [directory.path]);
    await child.lines.next();
    expect(isDirectoryInUse(directory.path)).toBe(true);
    expect(() => EmbeddedEngine.open({ directory: directory.path })).toThrow(DirectoryInUse);
    expect(() => EmbeddedEngine.open({ directory: directory.path })).toThrow(directory.path);

    const beside = EmbeddedEngine.open({ directory: directory.path, readOnly: true });
    expect(await openEmbeddedEventStore({ engine: beside }).head()).toBeGreaterThanOrEqual(0);
    await beside.close();

    child.process.kill('SIGKILL');
    for await (const _ of child.lines);
    expect(await child.ended).toBe('SIGKILL');
    expect(isDirectoryInUse(directory.path)).toBe(false);
    await EmbeddedEngine.open({ directory: directory.path }).close();
  }, 30_000);

  it('is refused to a second engine of the same process, and free once the first is closed', async () => {
    const first = EmbeddedEngine.open({ directory: directory.path });
    expect(() => EmbeddedEngine.open({ directory: directory.path })).toThrow(DirectoryInUse);
    await first.close();
    await EmbeddedEngine.open({ directory: directory.path }).close();
  });

  it('can be read beside the process that writes, which sees nothing of it', async () => {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    const store = openEmbeddedEventStore({ engine });
    const beside = EmbeddedEngine.open({ directory: directory.path, readOnly: true });
    const reader = openEmbeddedEventStore({ engine: beside });
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(2));
    expect(await readAllOf(reader, stream)).toHaveLength(2);
    await store.append(stream, 1, someEvents(1));
    expect(await readAllOf(reader, stream)).toHaveLength(3);
    expect(await reader.head()).toBe(await store.head());
    await expect(reader.append(stream, 2, someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
    await beside.close();
    await engine.close();
  });

  it('can be read while nobody writes, and is then as it was', async () => {
    const beside = EmbeddedEngine.open({ directory: directory.path, readOnly: true });
    expect(await openEmbeddedEventStore({ engine: beside }).head()).toBeGreaterThan(0);
    await beside.close();
    await EmbeddedEngine.open({ directory: directory.path }).close();
  });

  it('can be read with nobody else in it, of which nothing is left behind', async () => {
    const file = join(directory.path, 'tillroll.db');
    const before = readFileSync(file);
    const alone = EmbeddedEngine.open({ directory: directory.path, readOnly: true, alone: true });
    const reader = openEmbeddedEventStore({ engine: alone });
    expect(await reader.head()).toBeGreaterThan(0);
    await expect(reader.append(newStream(), 'no_stream', someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(() => EmbeddedEngine.open({ directory: directory.path })).toThrow(DirectoryInUse);
    expect(() => EmbeddedEngine.open({ directory: directory.path, readOnly: true, alone: true })).toThrow(DirectoryInUse);
    await alone.close();
    expect(readFileSync(file).equals(before)).toBe(true);
    await EmbeddedEngine.open({ directory: directory.path }).close();
    expect(() => EmbeddedEngine.open({ directory: `${directory.path}/nothing-here`, readOnly: true, alone: true })).toThrow(/nothing-here/);
    expect(existsSync(`${directory.path}/nothing-here`)).toBe(false);
  });

  it('is named when it cannot be read or written', () => {
    expect(() => EmbeddedEngine.open({ directory: `${directory.path}/nothing-here`, readOnly: true })).toThrow(/nothing-here/);
    expect(() => EmbeddedEngine.open({ directory: '/sys/kernel' })).toThrow(StoreUnavailable);
    expect(() => EmbeddedEngine.open({ directory: '/sys/kernel' })).toThrow(/\/sys\/kernel/);
    expect(() => EmbeddedEngine.open({ directory: '/sys/kernel/tillroll' })).toThrow(StoreUnavailable);
  });
});
