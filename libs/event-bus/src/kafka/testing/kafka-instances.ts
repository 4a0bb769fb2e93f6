import { randomUUID } from 'node:crypto';
import type { EventStore } from '@tillroll/event-store';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { systemClock } from '@tillroll/kernel';
import type { Kafka } from 'kafkajs';
import type { ConsumerRecords } from '../../consumers/consumer-records';
import { embeddedConsumerRecords } from '../../embedded/embedded-consumer-records';
import { embeddedRelayCheckpoints } from '../../embedded/embedded-relay-checkpoints';
import { type BusLogger, silentLogger } from '../../logger';
import type { Consumer } from '../../port';
import type { Publisher } from '../../relay/publisher';
import { openRelay, type Relay } from '../../relay/relay';
import type { RelayCheckpoints } from '../../relay/relay-checkpoints';
import { Happenings, samplePublications } from '../../testing/happenings';
import { temporaryEngine } from '../../testing/temporary-engine';
import { createTranslator, type Translator } from '../../translate';
import { parseKafkaBrokers } from '../kafka-address';
import { openKafkaClient } from '../kafka-client';
import { type KafkaEventBus, type KafkaEventBusOptions, openKafkaEventBus } from '../kafka-event-bus';
import { openKafkaPublisher } from '../kafka-publisher';
import { internalTopic } from '../topic-names';
import { createTopics } from '../topics';

export interface RelayInstance {
  readonly relay: Relay;
  stop(): Promise<void>;
}

/** One log and topics of its own, and as many instances of bus and relay as a test wants. */
export interface KafkaInstances {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly topic: string;
  readonly store: EventStore;
  readonly records: ConsumerRecords;
  readonly checkpoints: RelayCheckpoints;
  readonly translator: Translator;
  readonly happenings: Happenings;
  startBus(consumers: readonly Consumer[], options?: Partial<KafkaEventBusOptions>): Promise<KafkaEventBus>;
  startRelay(epoch?: number, over?: (publisher: Publisher) => Publisher): RelayInstance;
  /** Everything in the internal topic, by partition, in the order of the topic. */
  published(): Promise<readonly (readonly { readonly subject: string; readonly sequence: number }[])[]>;
  remove(): Promise<void>;
}

export interface KafkaInstancesOptions {
  readonly brokers: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly logger?: BusLogger;
  readonly withoutTopics?: true;
}

export async function kafkaInstances({ brokers, partitions = 6, replication = 1, logger = silentLogger, withoutTopics }: KafkaInstancesOptions): Promise<KafkaInstances> {
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const address = parseKafkaBrokers(brokers);
  const { context } = samplePublications;
  const topic = internalTopic(context, prefix);
  const clock = systemClock;
  const kafka = openKafkaClient({ address, clientId: 'tillroll-test', logger });
  if (withoutTopics === undefined) await createTopics({ kafka, contexts: [context], prefix, partitions, replication });
  const { engine, close } = await temporaryEngine();
  const store = openEmbeddedEventStore({ engine });
  const records = embeddedConsumerRecords(engine);
  const checkpoints = embeddedRelayCheckpoints(engine);
  const translator = createTranslator([samplePublications]);
  const buses = new Set<KafkaEventBus>();
  const relays = new Set<RelayInstance>();

  return {
    kafka, prefix, topic, store, records, checkpoints, translator,
    happenings: new Happenings(() => store),

    async startBus(consumers, options = {}) {
      const retry = { attempts: 3, backoffMs: 0, longestMs: 0 };
      const bus = openKafkaEventBus({ address, store, translator, records, checkpoints, clock, logger, prefix, fetchWaitMs: 100, commitEveryMs: 20, retry, ...options });
      for (const consumer of consumers) bus.register(consumer);
      await bus.start();
      buses.add(bus);
      return bus;
    },

    startRelay(epoch = 1, over = (publisher) => publisher) {
      const relay = openRelay({
        context, store, translator, checkpoints, clock, logger,
        openPublisher: async () => over(await openKafkaPublisher({ kafka, context, clock, logger, prefix })),
      });
      const ending = new AbortController();
      const led = relay.lead(ending.signal, epoch);
      const instance: RelayInstance = {
        relay,
        async stop() {
          ending.abort(new Error('the test stops the relay'));
          await led;
        },
      };
      relays.add(instance);
      return instance;
    },

    async published() {
      const found = Array.from({ length: partitions }, (): { subject: string; sequence: number }[] => []);
      const admin = kafka.admin();
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      const left = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
      const reader = kafka.consumer({ groupId: `${prefix}.reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
      await reader.connect();
      await reader.subscribe({ topics: [topic], fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        const done = () => ends.every(({ partition, high }) => (left.get(partition) ?? 0) <= 0 || Number(high) === 0);
        if (done()) return resolve();
        reader.run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const { key, headers } of batch.messages)
              found[batch.partition]?.push({ subject: String(key), sequence: Number(headers?.['ce_sequence']?.toString()) });
            left.set(batch.partition, (left.get(batch.partition) ?? 0) - batch.messages.length);
            if (done()) resolve();
          },
        }).catch(reject);
      });
      await reader.disconnect();
      return found;
    },

    async remove() {
      await Promise.all([...buses].map((bus) => bus.stop()));
      await Promise.all([...relays].map((relay) => relay.stop()));
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: (await admin.listTopics()).filter((each) => each.startsWith(prefix)) });
      await admin.disconnect();
      await store.close();
      await close();
    },
  };
}

/** First occurrences of each subject in the order of the topic. */
export function firstOccurrences(partitions: readonly (readonly { readonly subject: string; readonly sequence: number }[])[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const messages of partitions)
    for (const { subject, sequence } of messages) {
      const seen = found.get(subject) ?? [];
      if (!seen.includes(sequence)) seen.push(sequence);
      found.set(subject, seen);
    }
  return found;
}
