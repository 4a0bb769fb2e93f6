import { readdirSync, statSync } from 'node:fs';
import { temporaryDirectory } from '../testing/temporary-directory';
import { EmbeddedEngine } from './engine';

const ROWS = 60_000;
const MIB = 1024 * 1024;

describe('folding the log into the file', () => {
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('keeps the log short while writes go on, and leaves none behind', async () => {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    engine.define('CREATE TABLE texts (id TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID');
    const insert = engine.prepare('INSERT INTO texts VALUES (?, ?)');
    const count = engine.prepare('SELECT count(*) AS texts FROM texts');
    for (let row = 0; row < ROWS; row += 500)
      await engine.write(() => {
        for (let i = 0; i < 500; i++) insert.run(`${(row + i) * 7919 % ROWS}`, 'x'.repeat(400));
      });
    expect(count.get()).toEqual({ texts: ROWS });
    expect(statSync(`${engine.file}-wal`).size).toBeLessThan(60 * MIB);
    expect(statSync(engine.file).size).toBeGreaterThan(10 * MIB);
    await engine.close();
    expect(readdirSync(directory.path).filter((name) => name.endsWith('-wal'))).toEqual([]);

    const again = EmbeddedEngine.open({ directory: directory.path });
    expect(again.prepare('SELECT count(*) AS texts FROM texts').get()).toEqual({ texts: ROWS });
    again.verify();
    await again.close();
  });
});
