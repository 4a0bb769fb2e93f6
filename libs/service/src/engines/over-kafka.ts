import type { ConsumerRecords, EventBus, RelayCheckpoints, Translator } from '@tillroll/event-bus';
import { skippingWhatWasDone } from '@tillroll/event-bus/consumers/skip-what-was-done';
import { embeddedConsumerRecords } from '@tillroll/event-bus/embedded/embedded-consumer-records';
import { embeddedRelayCheckpoints } from '@tillroll/event-bus/embedded/embedded-relay-checkpoints';
import { parseKafkaBrokers } from '@tillroll/event-bus/kafka/kafka-address';
import { openKafkaClient } from '@tillroll/event-bus/kafka/kafka-client';
import { type KafkaEventBus, openKafkaEventBus } from '@tillroll/event-bus/kafka/kafka-event-bus';
import { openKafkaPublisher } from '@tillroll/event-bus/kafka/kafka-publisher';
import { openRelay, type Relay } from '@tillroll/event-bus/relay/relay';
import type { EmbeddedEngine, EventStore } from '@tillroll/event-store';
import type { Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import type { KafkaSettings } from '@tillroll/settings';
import type { DocumentsInMongo } from './over-mongodb';

export interface BusOverKafkaOptions {
  readonly kafka: KafkaSettings;
  /** Those whose events this process relays. */
  readonly contexts: readonly string[];
  readonly store: EventStore;
  readonly translator: Translator;
  /** Where positions and parked events are kept; undefined: in the file. */
  readonly documents: DocumentsInMongo | undefined;
  readonly file: () => EmbeddedEngine;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BusOverKafka {
  readonly bus: EventBus & Pick<KafkaEventBus, 'faults'>;
  readonly relays: readonly Relay[];
}

/** Connects when it is started, and waits for the brokers then. */
export function openBusOverKafka({ kafka: { brokers }, contexts, store, translator, documents, file, clock, log: logger }: BusOverKafkaOptions): BusOverKafka {
  const address = parseKafkaBrokers(brokers);
  const records: ConsumerRecords = documents?.adapters.consumerRecords ?? embeddedConsumerRecords(file());
  const checkpoints: RelayCheckpoints = documents?.adapters.relayCheckpoints ?? embeddedRelayCheckpoints(file());
  const kafka = openKafkaClient({ address, clientId: 'tillroll-relay', logger });
  const bus = openKafkaEventBus({ address, store, translator, records, checkpoints, clock, logger });
  return {
    bus: { ...skippingWhatWasDone(bus, { checkpoints, records }), faults: () => bus.faults() },
    relays: contexts.map((context) =>
      openRelay({ context, store, translator, checkpoints, clock, logger, openPublisher: () => openKafkaPublisher({ kafka, context, clock, logger }) }),
    ),
  };
}
