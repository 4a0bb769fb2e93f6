import { setTimeout as pause } from 'node:timers/promises';
import { type Admin, ConfigResourceTypes, type Kafka } from 'kafkajs';
import { BrokerAdmin } from './broker-admin';
import { internalTopic, publicTopic } from './topic-names';

export interface TopicSettings {
  /** Never changed later: the order of a subject hangs on it. */
  readonly partitions: number;
  readonly replication: number;
  /**
   * How long the topics for everyone are kept, in ms; -1 for ever. Those of our own consumers are kept for ever: a new
   * consumer begins with the first event.
   */
  readonly publicRetentionMs: number;
}

export const DEFAULT_TOPIC_SETTINGS: TopicSettings = { partitions: 8, replication: 1, publicRetentionMs: 7 * 24 * 3_600_000 };

export interface CreateTopicsOptions extends Partial<TopicSettings> {
  readonly kafka: Kafka;
  readonly contexts: readonly string[];
  readonly prefix?: string;
}

interface Wanted {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: ReadonlyMap<string, string>;
}

/**
 * Creates what is missing, and compares what is there. Rejects with an error that names each topic and setting that is
 * not as it should be; nothing that exists is changed. May be run at any time, and by several at once.
 */
export async function createTopics({ kafka, contexts, prefix, ...settings }: CreateTopicsOptions): Promise<{ readonly created: readonly string[] }> {
  const wanted = contexts.flatMap((context) => wantedTopics(context, prefix, { ...DEFAULT_TOPIC_SETTINGS, ...settings }));
  const admin = new BrokerAdmin(kafka);
  try {
    const there = new Set(await admin.ask((client) => client.listTopics()));
    const missing = wanted.filter(({ topic }) => !there.has(topic));
    if (missing.length > 0) await admin.ask((client) => create(client, missing));
    const faults = await admin.ask((client) => onceKnown(() => differences(client, wanted)));
    if (faults.length > 0) throw new Error(`the topics are not as they should be:\n${faults.join('\n')}`);
    return { created: missing.map(({ topic }) => topic) };
  } finally {
    await admin.close();
  }
}

function wantedTopics(context: string, prefix: string | undefined, { partitions, replication, publicRetentionMs }: TopicSettings): readonly Wanted[] {
  const insync = String(Math.max(1, replication - 1));
  const config = (retention: number) => new Map([
    ['cleanup.policy', 'delete'], ['retention.ms', String(retention)], ['retention.bytes', '-1'], ['min.insync.replicas', insync],
    // Whatever a foreign producer sends: the client here reads gzip only, and a batch that it cannot read would stop a partition.
    ['compression.type', 'uncompressed'],
  ]);
  return [
    { topic: internalTopic(context, prefix), partitions, replication, config: config(-1) },
    { topic: publicTopic(context, prefix), partitions, replication, config: config(publicRetentionMs) },
  ];
}

async function create(admin: Admin, topics: readonly Wanted[]): Promise<void> {
  // False when somebody else created them in the meantime.
  await admin.createTopics({
    // The client's own way of waiting gives up when a broker does not know the topic yet.
    waitForLeaders: false,
    topics: topics.map(({ topic, partitions, replication, config }) => ({
      topic, numPartitions: partitions, replicationFactor: replication,
      configEntries: [...config].map(([name, value]) => ({ name, value })),
    })),
  });
}

async function differences(admin: Admin, wanted: readonly Wanted[]): Promise<readonly string[]> {
  const [{ topics }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: wanted.map(({ topic, config }) => ({ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [...config.keys()] })),
    }),
  ]);
  return wanted.flatMap(({ topic, partitions, replication, config }) => {
    const present = topics.find(({ name }) => name === topic)?.partitions ?? [];
    const entries = new Map(resources.find(({ resourceName }) => resourceName === topic)?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    const fewest = Math.min(...present.map(({ replicas }) => replicas.length));
    return [
      ...(present.length === partitions ? [] : [`${topic} has ${present.length} partitions, expected ${partitions}`]),
      ...(present.length === 0 || fewest >= replication ? [] : [`${topic} is replicated ${fewest} times, expected ${replication}`]),
      ...[...config].filter(([name, value]) => entries.get(name) !== value).map(([name, value]) => `${topic} has ${name}=${entries.get(name)}, expected ${value}`),
    ];
  });
}

/** Right after their creation not every broker knows them. */
async function onceKnown<T>(question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await question();
    } catch (error) {
      if (attempt === 30) throw error;
      await pause(100);
    }
  }
}
