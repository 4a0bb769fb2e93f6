import { type BusLogger, createTranslator, type EventBus, type Publications, type Translator } from '@tillroll/event-bus';
import { openEmbeddedEventBus } from '@tillroll/event-bus/embedded/embedded-event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, openEmbeddedSnapshotCache } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import { AggregateRuntime, type Aggregates, eventLogOf, ProjectionRunner } from '@tillroll/processing';
import { openEmbeddedReadModels, type ProjectionStore, type ReadModels } from '@tillroll/read-models';
import { createPersonalData, openEmbeddedSecretStore, type PersonalData, type SecretStore } from '@tillroll/secrets';

/** The embedded adapters of every port, over one file. */
export interface Engines {
  readonly engine: EmbeddedEngine;
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly secrets: SecretStore;
  readonly personalData: PersonalData;
  readonly translator: Translator;
  readonly bus: EventBus;
  readonly readModels: ReadModels & ProjectionStore;
  readonly projections: ProjectionRunner;
}

export interface EnginesOptions {
  readonly directory: string;
  readonly publications: readonly Publications[];
  readonly clock: Clock;
  readonly logger: BusLogger;
}

/** Throws what the engine throws: `DirectoryInUse`, `StoreCorrupted`, `StoreUnavailable`. */
export function openEmbeddedEngines({ directory, publications, clock, logger }: EnginesOptions): Engines {
  const engine = EmbeddedEngine.open({ directory });
  const store = openEmbeddedEventStore({ engine });
  const secrets = openEmbeddedSecretStore(engine);
  const translator = createTranslator(publications);
  const readModels = openEmbeddedReadModels({ engine });
  return {
    engine,
    store,
    secrets,
    translator,
    readModels,
    personalData: createPersonalData(secrets),
    aggregates: new AggregateRuntime({ store, clock, snapshots: openEmbeddedSnapshotCache(engine) }),
    bus: openEmbeddedEventBus({ engine, store, translator, clock, logger }),
    projections: new ProjectionRunner({ log: eventLogOf(store, translator), store: readModels, clock, logger }),
  };
}
