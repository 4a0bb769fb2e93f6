import { createTranslator } from '@tillroll/event-bus';
import { openEmbeddedEventBus } from '@tillroll/event-bus/embedded/embedded-event-bus';
import { EmbeddedEngine, openEmbeddedEventStore, openEmbeddedSnapshotCache } from '@tillroll/event-store';
import { EmbeddedIdempotencyRecords, type HealthPart, type Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { AggregateRuntime, aloneAtWork, eventLogOf } from '@tillroll/processing';
import { openEmbeddedReadModels } from '@tillroll/read-models';
import { createPersonalData, openEmbeddedSecretStore } from '@tillroll/secrets';
import type { Settings } from '@tillroll/settings';
import { publications } from '../publications';
import { canWrite } from './can-write';
import type { Engines } from './engines';

export interface OpenEnginesOptions {
  readonly settings: Pick<Settings, 'dataDirectory' | 'eventStoreUrl' | 'kafka' | 'mongodbUrl'>;
  /** The contexts that this process runs. */
  readonly contexts: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Takes what is to be closed, in the order of opening. */
  readonly closing: AsyncDisposableStack;
}

/**
 * Opens the engine that the settings name for each port, and the file in the data directory for those without one.
 * Throws what the file throws: `DirectoryInUse`, `StoreCorrupted`, `StoreUnavailable`. An engine that is a process of
 * its own is waited for. The client of an engine that is not used is not even loaded: together they cost as much as all else.
 */
export async function openEngines({ settings, contexts, clock, log: logger, closing }: OpenEnginesOptions): Promise<Engines> {
  const { eventStoreUrl, kafka, mongodbUrl, dataDirectory } = settings;
  const file = once(() => {
    const engine = EmbeddedEngine.open({ directory: dataDirectory });
    closing.defer(() => engine.close());
    return engine;
  });
  if (eventStoreUrl === undefined) file();
  const translator = createTranslator(publications);
  const waiting = { clock, log: logger, closing };

  const documents = mongodbUrl === undefined ? undefined : await (await import('@tillroll/service/engines/over-mongodb')).openDocumentsInMongo(mongodbUrl, waiting);
  const followed = eventStoreUrl === undefined ? undefined : await (await import('@tillroll/service/engines/over-eventstoredb')).openStoreInEventStoreDb(eventStoreUrl, waiting);
  const store = followed ?? openEmbeddedEventStore({ engine: file() });
  closing.defer(() => store.close());
  const secrets = documents?.adapters.secrets ?? openEmbeddedSecretStore(file());
  const personalData = createPersonalData(secrets);
  const snapshots = followed !== undefined && documents !== undefined ? documents.adapters.snapshots : openEmbeddedSnapshotCache(file());
  const aggregates = new AggregateRuntime({ store, clock, snapshots, shared: followed !== undefined });
  followed?.onEvents((events) => aggregates.observe(events));
  const readModels = documents?.adapters.readModels ?? openEmbeddedReadModels({ engine: file() });
  const overKafka = kafka === undefined ? undefined : (await import('@tillroll/service/engines/over-kafka')).openBusOverKafka({ kafka, contexts, store, translator, documents, file, ...waiting });
  const health: readonly HealthPart[] = [
    followed === undefined ? { name: 'event-store', check: canWrite(file()) } : { name: 'event-store', check: async () => ({ status: 'up', position: await store.head() }) },
    ...(documents === undefined ? [] : [{ name: 'documents', check: async () => ({ status: (await documents.adapters.isAnswering()) ? 'up' : 'down' }) } satisfies HealthPart]),
  ];
  return {
    store,
    aggregates,
    secrets,
    personalData,
    translator,
    bus: overKafka?.bus ?? openEmbeddedEventBus({ engine: file(), store, translator, clock, logger }),
    readModels,
    eventLog: eventLogOf(store, translator),
    idempotency: documents === undefined ? new EmbeddedIdempotencyRecords(file(), personalData, clock) : await documents.adapters.idempotency(personalData),
    leadership: documents?.adapters.leadership ?? aloneAtWork({ clock, logger }),
    isAlone: documents === undefined,
    followedPositions: documents?.followedPositions,
    head: followed === undefined ? () => store.head() : () => followed.knownHead,
    relays: overKafka?.relays ?? [],
    busFaults: () => overKafka?.bus.faults() ?? [],
    onEvents: followed === undefined ? undefined : (listener) => followed.onEvents(listener),
    health,
  };
}

function once<T>(open: () => T): () => T {
  let opened: { readonly value: T } | undefined;
  return () => (opened ??= { value: open() }).value;
}
