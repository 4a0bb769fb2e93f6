import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../port';
import { temporaryDirectory } from '../testing/temporary-directory';
import { EmbeddedEngine } from './engine';

describe('the embedded engine', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  beforeEach(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    engine.define('CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)');
    engine.prepare('DELETE FROM notes').run();
  });
  afterEach(() => engine.close());
  afterAll(() => directory.remove());

  const insert = (text: string) => engine.prepare('INSERT INTO notes (text) VALUES (?)').run(text);
  const texts = () => engine.prepare('SELECT text FROM notes ORDER BY id').all().map(({ text }) => text);

  it('runs the writes of a turn in order and answers each', async () => {
    const lengths = await Promise.all(['a', 'b', 'c'].map((text) => engine.write(() => (insert(text), texts().length))));
    expect(lengths).toEqual([1, 2, 3]);
  });

  it('commits the writes of a turn as one group', async () => {
    const groups: boolean[] = [];
    engine.onGroupEnd((committed) => groups.push(committed));
    await Promise.all(Array.from({ length: 100 }, (_, i) => engine.write(() => insert(`note ${i}`))));
    expect(groups).toEqual([true]);
  });

  it('undoes a write that throws, halfway through, and no other of its group', async () => {
    const outcomes = await Promise.allSettled([
      engine.write(() => insert('before')),
      engine.write(() => {
        insert('half');
        throw new RangeError('no');
      }),
      engine.write(() => {
        insert('other half');
        insert('before');
      }),
      engine.write(() => insert('after')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: new RangeError('no') });
    expect(texts()).toEqual(['before', 'after']);
  });

  it('lets a write that throws before its changes reject alone, without a savepoint', async () => {
    const refuse = () => {
      texts();
      throw new RangeError('no');
    };
    const outcomes = await Promise.allSettled([engine.write(() => insert('before')), engine.write(refuse, { throwsBeforeChanges: true }), engine.write(() => insert('after'))]);
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: new RangeError('no') }, { status: 'fulfilled' }]);
    expect(texts()).toEqual(['before', 'after']);
  });

  it('keeps nothing of a group in which a write broke its promise to throw before its changes', async () => {
    const half = () => {
      insert('half');
      throw new RangeError('no');
    };
    const outcomes = await Promise.allSettled([engine.write(() => insert('before')), engine.write(half, { throwsBeforeChanges: true }), engine.write(() => insert('after'))]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable', cause: new RangeError('no') } });
    expect(texts()).toEqual([]);
    await engine.write(() => insert('again'));
    expect(texts()).toEqual(['again']);
  });

  it('takes a write that another one asks for', async () => {
    let inner: Promise<unknown> = Promise.resolve();
    await engine.write(() => (inner = engine.write(() => insert('inner'))));
    await inner;
    expect(texts()).toEqual(['inner']);
  });

  it('tells of a group before those who wait for it go on', async () => {
    const order: string[] = [];
    engine.onGroupEnd(() => order.push('group'));
    await engine.write(() => insert('a')).then(() => order.push('write'));
    expect(order).toEqual(['group', 'write']);
  });

  it('finishes what is queued when it is closed, and takes nothing more', async () => {
    const writes = Array.from({ length: 2_500 }, (_, i) => engine.write(() => insert(`late ${i}`)));
    await engine.close();
    await Promise.all(writes);
    await expect(engine.write(() => insert('too late'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(readdirSync(directory.path).toSorted()).toEqual(['tillroll.db', 'tillroll.lock']);
    engine = EmbeddedEngine.open({ directory: directory.path });
    expect(texts()).toHaveLength(2_500);
  });

  it('leaves no byte of what was erased after a scrub', async () => {
    const secret = (i: number) => `secret-${i}-in-plain-text`;
    await Promise.all(Array.from({ length: 50 }, (_, i) => engine.write(() => insert(secret(i)))));
    const bytes = () => Buffer.concat(readdirSync(directory.path).map((file) => readFileSync(join(directory.path, file))));
    expect(bytes().includes(secret(20))).toBe(true);
    await engine.writeWithoutTraces(() => engine.prepare('UPDATE notes SET text = ? WHERE text = ?').run('x'.repeat(secret(20).length), secret(20)));
    await engine.writeWithoutTraces(() => engine.prepare('DELETE FROM notes WHERE text = ?').run(secret(30)));
    await engine.scrub();
    expect(bytes().includes(secret(20))).toBe(false);
    expect(bytes().includes(secret(30))).toBe(false);
    expect(bytes().includes(secret(40))).toBe(true);
  });

  it('waits with a scrub until a reader beside it is done', async () => {
    const beside = EmbeddedEngine.open({ directory: directory.path, readOnly: true });
    const begin = beside.prepare('BEGIN');
    begin.run();
    beside.prepare('SELECT count(*) FROM notes').get();
    await engine.write(() => insert('soon gone'));
    await engine.write(() => engine.prepare('DELETE FROM notes').run());
    let scrubbed = false;
    const scrub = engine.scrub().then(() => (scrubbed = true));
    await new Promise(setImmediate);
    expect(scrubbed).toBe(false);
    beside.prepare('COMMIT').run();
    await scrub;
    await beside.close();
  }, 20_000);
});
