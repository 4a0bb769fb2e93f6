import { EmbeddedEngine, type EventStore, isDirectoryInUse, openEmbeddedEventStore } from '@tillroll/event-store';
import { openEventStoreDb } from '@tillroll/event-store/eventstoredb/eventstoredb-event-store';
import { systemClock } from '@tillroll/kernel';
import { openMongo, openMongoReadModels } from '@tillroll/mongodb';
import { openReadModelsBeside, type ReadModelInspection, type ReadModels } from '@tillroll/read-models';
import type { Settings } from '@tillroll/settings';

/** Where a shop keeps what is audited, open for reading. */
export interface AuditedPlace {
  readonly store: EventStore;
  readonly readModels: ReadModels & ReadModelInspection;
  /** Processes work on it, as far as can be told from here. */
  readonly isRunning: boolean;
  close(): Promise<void>;
}

/** Reads beside whoever works there. Throws what opening throws: `StoreCorrupted`, `StoreUnavailable`. */
export async function openAuditedPlace({ dataDirectory, eventStoreUrl, mongodbUrl }: Pick<Settings, 'dataDirectory' | 'eventStoreUrl' | 'mongodbUrl'>): Promise<AuditedPlace> {
  await using opening = new AsyncDisposableStack();
  const engine = eventStoreUrl === undefined || mongodbUrl === undefined ? EmbeddedEngine.open({ directory: dataDirectory, readOnly: true }) : undefined;
  if (engine !== undefined) {
    opening.defer(() => engine.close());
    engine.verify();
  }
  const store = engine === undefined || eventStoreUrl !== undefined ? openEventStoreDb({ url: eventStoreUrl ?? '' }) : openEmbeddedEventStore({ engine });
  opening.defer(() => store.close());
  const readModels = engine === undefined || mongodbUrl !== undefined ? await openDocuments(mongodbUrl ?? '', opening) : openReadModelsBeside(engine);
  const closing = opening.move();
  return { store, readModels, isRunning: eventStoreUrl !== undefined || isDirectoryInUse(dataDirectory), close: () => closing.disposeAsync() };
}

async function openDocuments(url: string, closing: AsyncDisposableStack): Promise<AuditedPlace['readModels']> {
  const connection = await openMongo({ url });
  closing.defer(() => connection.close());
  const readModels = await openMongoReadModels({ connection, clock: systemClock });
  closing.defer(() => readModels.close());
  return readModels;
}
