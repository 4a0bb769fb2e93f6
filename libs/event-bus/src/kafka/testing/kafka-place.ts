import { randomUUID } from 'node:crypto';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { systemClock } from '@tillroll/kernel';
import { embeddedConsumerRecords } from '../../embedded/embedded-consumer-records';
import { embeddedRelayCheckpoints } from '../../embedded/embedded-relay-checkpoints';
import { parseKafkaBrokers } from '../kafka-address';
import { openKafkaClient } from '../kafka-client';
import { type KafkaEventBusOptions, openKafkaEventBus } from '../kafka-event-bus';
import { openKafkaPublisher } from '../kafka-publisher';
import { createTopics } from '../topics';
import { type BusLogger, silentLogger } from '../../logger';
import { openRelay } from '../../relay/relay';
import type { BusPlace } from '../../testing/bus-place';
import { samplePublications } from '../../testing/happenings';
import { temporaryEngine } from '../../testing/temporary-engine';

export interface KafkaPlaceOptions extends Partial<Pick<KafkaEventBusOptions, 'sessionMs' | 'instanceId' | 'commitEveryMs'>> {
  readonly brokers: string;
  readonly partitions?: number;
  readonly logger?: BusLogger;
}

/** The brokers that the setting names; a test that needs them fails without. */
export function brokersOfTheSetting(): string {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '') throw new Error('KAFKA_BROKERS is not set: run npm run test:engines');
  return brokers;
}

/** Topics and groups of its own on the brokers; the store, what relay and consumers remember, in an embedded engine. */
export async function kafkaPlace({ brokers, partitions = 4, logger = silentLogger, ...busOptions }: KafkaPlaceOptions): Promise<BusPlace> {
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const address = parseKafkaBrokers(brokers);
  const kafka = openKafkaClient({ address, clientId: 'tillroll-test', logger });
  await createTopics({ kafka, contexts: [samplePublications.context], prefix, partitions });
  const { engine, close } = await temporaryEngine();
  return {
    async open({ translator, ...settings }) {
      const clock = systemClock;
      const store = openEmbeddedEventStore({ engine });
      const checkpoints = embeddedRelayCheckpoints(engine);
      const records = embeddedConsumerRecords(engine);
      const { context } = samplePublications;
      const relay = openRelay({
        context, store, translator, checkpoints, clock, logger,
        openPublisher: () => openKafkaPublisher({ kafka, context, clock, logger, prefix }),
      });
      const ending = new AbortController();
      const relayed = relay.lead(ending.signal, 1);
      const bus = openKafkaEventBus({
        address, store, translator, records, checkpoints, clock, logger, prefix, fetchWaitMs: 100, commitEveryMs: 20, ...settings, ...busOptions,
      });
      const end = async (how: () => Promise<void>) => {
        await how();
        ending.abort();
        await relayed;
        await store.close();
      };
      return { store, bus, crash: () => end(() => bus.abandon()), close: () => end(() => bus.stop()) };
    },
    async remove() {
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)) });
      await admin.disconnect();
      await close();
    },
  };
}
