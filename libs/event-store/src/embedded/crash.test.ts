import { resolve } from 'node:path';
import { readAllOf } from '../testing/events';
import { killChildren, startChild } from '../testing/child';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEmbeddedEventStore } from './embedded-event-store';
import { EmbeddedEngine } from './engine';

const WRITER = resolve(__dirname, '../testing/append-for-ever.child.ts');

describe('kill -9 while events are appended', () => {
  afterEach(killChildren);
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('loses no acknowledged event, in any round on the same directory', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 5; round++) {
      const child = startChild(WRITER, [directory.path]);
      let lines = 0;
      for await (const line of child.lines) {
        const [stream, revision] = line.split(' ');
        if (stream !== undefined && revision !== undefined) acknowledged.set(stream, Number(revision));
        if (++lines === 200 + round * 371) child.process.kill('SIGKILL');
      }
      expect(await child.ended).toBe('SIGKILL');
      const engine = EmbeddedEngine.open({ directory: directory.path });
      const store = openEmbeddedEventStore({ engine });
      for (const [stream, revision] of acknowledged) {
        const events = await readAllOf(store, stream);
        expect(events.map((event) => event.revision)).toEqual(Array.from({ length: events.length }, (_, i) => i));
        expect(events.length).toBeGreaterThan(revision);
      }
      engine.verify();
      await engine.close();
    }
    expect(acknowledged.size).toBe(50);
  }, 60_000);
});
