import { eventStoreContract } from '../testing/event-store-contract';
import { startEventStoreDbDouble } from '../testing/eventstoredb-double/double';
import { temporaryDirectory } from '../testing/temporary-directory';
import { openEventStoreDb } from './eventstoredb-event-store';

eventStoreContract('eventstoredb, on its test double', async () => {
  const directory = temporaryDirectory();
  const double = await startEventStoreDbDouble({ directory: directory.path });
  const store = openEventStoreDb({ url: double.url });
  return {
    store,
    async close() {
      await store.close();
      await double.close();
      directory.remove();
    },
  };
});
