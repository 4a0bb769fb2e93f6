import { eventStoreContract } from '../testing/event-store-contract';
import { newStream, readAllOf, someEvents } from '../testing/events';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEmbeddedEventStore } from './embedded-event-store';
import { EmbeddedEngine } from './engine';

eventStoreContract('embedded', () => {
  const directory = temporaryDirectory();
  const engine = EmbeddedEngine.open({ directory: directory.path });
  const store = openEmbeddedEventStore({ engine });
  return {
    store,
    async close() {
      await store.close();
      await engine.close();
      directory.remove();
    },
  };
});

describe('an append that is not on disk yet', () => {
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('is seen by nobody', async () => {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    const store = openEmbeddedEventStore({ engine });
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(2));
    let settled = false;
    const appending = store.append(stream, 1, someEvents(3)).then(() => (settled = true));
    const lengths = new Set<number>();
    while (!settled) {
      const forwards = await readAllOf(store, stream);
      const backwards = await readAllOf(store, stream, { direction: 'backwards', limit: 1 });
      if (settled) break;
      lengths.add(forwards.length);
      expect(backwards[0]?.revision).toBe(1);
      expect(await store.head()).toBe(forwards.at(-1)?.position);
      await new Promise(setImmediate);
    }
    await appending;
    expect(lengths).toEqual(new Set([2]));
    expect(await readAllOf(store, stream)).toHaveLength(5);
    await store.close();
    await engine.close();
  });
});
