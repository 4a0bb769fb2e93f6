import { createTranslator, type EventBus } from '@tillroll/event-bus';
import { openEmbeddedEventBus } from '@tillroll/event-bus/embedded/embedded-event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, openEmbeddedSnapshotCache } from '@tillroll/event-store';
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
  readonly clock: Clock;
  readonly log: Log;
  /** Takes what is to be closed, in the order of opening. */
  readonly closing: AsyncDisposableStack;
}

/**
 * Opens the engine that the settings name for each port, and the file in the data directory for those without one.
 * Throws what the file throws: `DirectoryInUse`, `StoreCorrupted`, `StoreUnavailable`. An engine that is a process of
 * its own is waited for.
 */
export async function openEngines({ settings, clock, log: logger, closing }: OpenEnginesOptions): Promise<Engines> {
  const engine = EmbeddedEngine.open({ directory: settings.dataDirectory });
  closing.defer(() => engine.close());
  const translator = createTranslator(publications);
  const store: EventStore = openEmbeddedEventStore({ engine });
  closing.defer(() => store.close());
  const secrets = openEmbeddedSecretStore(engine);
  const personalData = createPersonalData(secrets);
  const readModels = openEmbeddedReadModels({ engine });
  const bus: EventBus = openEmbeddedEventBus({ engine, store, translator, clock, logger });
  const health: HealthPart[] = [{ name: 'event-store', check: canWrite(engine) }];
  return {
    store,
    aggregates: new AggregateRuntime({ store, clock, snapshots: openEmbeddedSnapshotCache(engine) }),
    secrets,
    personalData,
    translator,
    bus,
    readModels,
    eventLog: eventLogOf(store, translator),
    idempotency: new EmbeddedIdempotencyRecords(engine, personalData, clock),
    leadership: aloneAtWork({ clock, logger }),
    isAlone: true,
    followedPositions: undefined,
    head: () => store.head(),
    ledBeside: new Map(),
    onEvents: undefined,
    health,
  };
}
