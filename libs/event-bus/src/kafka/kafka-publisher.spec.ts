import { systemClock } from '@tillroll/kernel';
import type { Kafka, ProducerBatch, RecordMetadata } from 'kafkajs';
import type { BusEvent } from '../port';
import { openKafkaPublisher } from './kafka-publisher';

const event = (subject: string, sequence: number): BusEvent => ({
  id: `${subject}-${sequence}`, type: 'tillroll.sample.happened.v1', context: 'sample', visibility: 'public', subject, sequence, position: sequence,
  time: '2026-01-01T00:00:00.000Z', correlationId: 'c', causationId: 'c', actor: 'system:test', data: { sequence },
});

type Answer = (sent: ProducerBatch) => Promise<readonly Pick<RecordMetadata, 'topicName' | 'partition'>[]>;

const everything: Answer = async ({ topicMessages }) =>
  (topicMessages ?? []).flatMap(({ topic, messages }) => messages.map(({ partition = -1 }) => ({ topicName: topic, partition })));

/** The two things that the publisher does with a client, as a script. */
class ScriptedClient {
  readonly sent: { readonly producer: number; readonly batch: ProducerBatch }[] = [];
  producers = 0;
  disconnected = 0;

  constructor(private readonly answers: Answer[]) {}

  asKafka(): Kafka {
    const partitions = Array.from({ length: 4 }, (_, partitionId) => ({ partitionId }));
    const admin = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      fetchTopicMetadata: async ({ topics }: { topics: string[] }) => ({ topics: topics.map((name) => ({ name, partitions })) }),
    };
    const producer = () => {
      const number = ++this.producers;
      return {
        connect: async () => undefined,
        disconnect: async () => void this.disconnected++,
        sendBatch: async (batch: ProducerBatch) => {
          this.sent.push({ producer: number, batch });
          return (this.answers.shift() ?? everything)(batch);
        },
      };
    };
    return { admin: () => admin, producer } as unknown as Kafka;
  }
}

describe('publishing to Kafka', () => {
  const { signal } = new AbortController();

  const publishing = async (client: ScriptedClient) => {
    const publisher = await openKafkaPublisher({ kafka: client.asKafka(), context: 'sample', clock: systemClock, random: () => 0 });
    const prepared = ['a', 'b', 'c', 'd', 'e'].flatMap((subject) => publisher.prepare(event(subject, 0)) ?? []);
    return { publisher, prepared };
  };

  it.each([
    ['an error', () => Promise.reject(new Error('not enough replicas'))],
    ['an answer that leaves out a partition', async (sent: ProducerBatch) => (await everything(sent)).filter(({ partition }) => partition !== 2)],
    ['no answer about anything', async () => []],
  ] satisfies [string, Answer][])('is repeated unchanged, by another producer, after %s', async (_, answer) => {
    const client = new ScriptedClient([answer, answer]);
    const { publisher, prepared } = await publishing(client);
    await publisher.publish(prepared, signal);
    expect(client.sent.map(({ producer }) => producer)).toEqual([1, 2, 3]);
    expect(client.disconnected).toBe(2);
    for (const { batch } of client.sent) expect(batch).toEqual(client.sent[0]?.batch);
    expect(client.sent[0]?.batch).toMatchObject({ acks: -1 });
    expect(publisher.fault).toBeUndefined();
  });

  it('sends one batch at a time', async () => {
    let release: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (release = resolve));
    const client = new ScriptedClient([async (sent) => answered.then(() => everything(sent))]);
    const { publisher, prepared } = await publishing(client);
    const first = publisher.publish(prepared, signal);
    await expect(publisher.publish(prepared, signal)).rejects.toThrow('one send at a time');
    release();
    await first;
    await publisher.publish(prepared, signal);
    expect(client.sent.map(({ producer }) => producer)).toEqual([1, 1]);
  });

  it('gives up when it is told to, and says what the matter is until then', async () => {
    const stopping = new AbortController();
    const client = new ScriptedClient(Array.from({ length: 1_000 }, () => () => Promise.reject(new Error('the brokers are away'))));
    const { publisher, prepared } = await publishing(client);
    const published = publisher.publish(prepared, stopping.signal);
    const outcome = expect(published).rejects.toThrow('stopping');
    while (publisher.fault === undefined) await Promise.resolve();
    expect(publisher.fault).toBe('Error: the brokers are away');
    stopping.abort(new Error('stopping'));
    await outcome;
  });

  it('does not wait for brokers that never answer once it is told to give up', async () => {
    const stopping = new AbortController();
    const { publisher, prepared } = await publishing(new ScriptedClient([() => new Promise(() => undefined)]));
    const outcome = expect(publisher.publish(prepared, stopping.signal)).rejects.toThrow('stopping');
    stopping.abort(new Error('stopping'));
    await outcome;
    expect(publisher.fault).toBeUndefined();
  });

  it('chooses the partition of a subject once, and refuses what is too large', async () => {
    const { publisher } = await publishing(new ScriptedClient([]));
    expect(publisher.prepare(event('a', 0))).toMatchObject({ internal: { key: 'a', partition: expect.any(Number) } });
    expect(publisher.prepare({ ...event('a', 1), data: { text: 'x'.repeat(1_000_000) } })).toBeUndefined();
  });
});
