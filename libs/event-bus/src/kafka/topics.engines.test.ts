import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { silentLogger } from '../logger';
import { parseKafkaBrokers } from './kafka-address';
import { openKafkaClient } from './kafka-client';
import { brokersOfTheSetting } from './testing/kafka-place';
import { createTopics } from './topics';

describe('creating the topics', () => {
  let kafka: Kafka;
  let admin: Admin;
  let prefix: string;

  beforeEach(async () => {
    prefix = `test-${randomUUID().slice(0, 8)}`;
    kafka = openKafkaClient({ address: parseKafkaBrokers(brokersOfTheSetting()), clientId: 'topics', logger: silentLogger });
    admin = kafka.admin();
    await admin.connect();
  });
  afterEach(async () => {
    await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)) });
    await admin.disconnect();
  });

  it('makes one for everyone and one for our own consumers of each context, and a second time nothing', async () => {
    const wanted = { kafka, prefix, contexts: ['cart', 'order'], partitions: 3 };
    const { created } = await createTopics(wanted);
    expect([...created].sort()).toEqual(['cart.internal.v1', 'cart.v1', 'order.internal.v1', 'order.v1'].map((name) => `${prefix}.${name}`));
    expect(await createTopics(wanted)).toEqual({ created: [] });
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}.order.v1`] });
    expect(topics[0]?.partitions).toHaveLength(3);
  });

  it('may be done by several at once', async () => {
    const contexts = ['cart', 'order', 'payment'];
    const all = await Promise.all([1, 2, 3].map(() => createTopics({ kafka, prefix, contexts, partitions: 2 })));
    expect(all).toHaveLength(3);
    expect((await admin.listTopics()).filter((topic) => topic.startsWith(prefix))).toHaveLength(6);
  });

  it('names every difference to what is there, and changes nothing', async () => {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: `${prefix}.cart.internal.v1`, numPartitions: 5, configEntries: [{ name: 'retention.ms', value: '1000' }] }] });
    const creating = createTopics({ kafka, prefix, contexts: ['cart'], partitions: 3 });
    await expect(creating).rejects.toThrow(/cart\.internal\.v1 has 5 partitions, expected 3/);
    await expect(creating).rejects.toThrow(/cart\.internal\.v1 has retention\.ms=1000, expected -1/);
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}.cart.internal.v1`] });
    expect(topics[0]?.partitions).toHaveLength(5);
  });
});
