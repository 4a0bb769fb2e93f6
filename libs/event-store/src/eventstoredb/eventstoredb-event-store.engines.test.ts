import { eventStoreContract } from '../testing/event-store-contract';
import { openEventStoreDb } from './eventstoredb-event-store';

eventStoreContract('eventstoredb, at EVENTSTORE_URL', () => {
  const { EVENTSTORE_URL: url } = process.env;
  if (url === undefined || url === '') throw new Error('EVENTSTORE_URL names no server; npm run test:engines starts one');
  const store = openEventStoreDb({ url });
  return { store, close: () => store.close() };
});
