import { eventStoreContract } from '../testing/event-store-contract';
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
