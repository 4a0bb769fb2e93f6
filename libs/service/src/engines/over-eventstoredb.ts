import { openEventStoreDb } from '@tillroll/event-store/eventstoredb/eventstoredb-event-store';
import type { Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { FollowedStore } from '../following/followed-store';
import { untilReachable } from './until-reachable';

/** Waits for the server. Whoever asks closes it. */
export async function openStoreInEventStoreDb(url: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<FollowedStore> {
  const store = new FollowedStore({ store: openEventStoreDb({ url }), clock, logger: log });
  await untilReachable('EventStoreDB', () => store.start(), { clock, log });
  return store;
}
