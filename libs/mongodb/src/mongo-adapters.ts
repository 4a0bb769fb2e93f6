import { type BusLogger, type ConsumerRecords, type RelayCheckpoints, silentLogger } from '@tillroll/event-bus';
import type { SnapshotCache } from '@tillroll/event-store';
import { type Clock, systemClock } from '@tillroll/kernel';
import type { Leadership } from '@tillroll/processing';
import type { PersonalData, SecretStore } from '@tillroll/secrets';
import type { MongoConnection } from './connection';
import { openMongoConsumerRecords } from './consumer-records/mongo-consumer-records';
import { type MongoIdempotencyRecords, openMongoIdempotencyRecords } from './idempotency/mongo-idempotency-records';
import { leasedLeadership, type LeaseTimes } from './leases/leased-leadership';
import { openMongoLeaseBook } from './leases/mongo-lease-book';
import { type MongoReadModels, openMongoReadModels } from './read-models/mongo-read-models';
import { openMongoRelayCheckpoints } from './relay-checkpoints/mongo-relay-checkpoints';
import { openMongoSecretStore } from './secrets/mongo-secret-store';
import { openMongoSnapshotCache } from './snapshots/mongo-snapshot-cache';

export interface MongoAdaptersOptions {
  readonly clock?: Clock;
  readonly logger?: BusLogger;
  readonly leaseTimes?: LeaseTimes;
}

/** All that a process keeps in one MongoDB database. */
export interface MongoAdapters {
  readonly readModels: MongoReadModels;
  readonly secrets: SecretStore;
  readonly snapshots: SnapshotCache;
  readonly leadership: Leadership;
  readonly consumerRecords: ConsumerRecords;
  readonly relayCheckpoints: RelayCheckpoints;
  /** To be started and stopped by whoever asks for them. */
  idempotency(personalData: PersonalData): Promise<MongoIdempotencyRecords>;
  /** For readiness: resolves within two seconds, and never rejects. */
  isAnswering(): Promise<boolean>;
  /** Gives back what is led and ends what runs in the background; the connection stays open. */
  close(): Promise<void>;
}

/** Creates what is missing in the database: indexes only. Rejects with `StoreUnavailable` when it does not answer. */
export async function openMongoAdapters(connection: MongoConnection, { clock = systemClock, logger = silentLogger, leaseTimes }: MongoAdaptersOptions = {}): Promise<MongoAdapters> {
  const [readModels, consumerRecords, relayCheckpoints, book] = await Promise.all([
    openMongoReadModels({ connection, clock, logger }),
    openMongoConsumerRecords(connection),
    openMongoRelayCheckpoints(connection),
    openMongoLeaseBook(connection),
  ]);
  const leadership = leasedLeadership({ book, clock, logger, ...(leaseTimes === undefined ? {} : { times: leaseTimes }) });
  return {
    readModels,
    consumerRecords,
    relayCheckpoints,
    leadership,
    secrets: openMongoSecretStore(connection),
    snapshots: openMongoSnapshotCache(connection),
    idempotency: (personalData) => openMongoIdempotencyRecords({ connection, personalData, clock }),
    isAnswering: () => connection.isAnswering(),

    async close() {
      await leadership.stop();
      await readModels.close();
    },
  };
}
