import { setTimeout as pause } from 'node:timers/promises';
import { HAPPENED, keys, numberOf } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { until } from '../testing/until';
import type { Publisher } from '../relay/publisher';
import { publicTopic } from './topic-names';
import { createTopics } from './topics';
import { firstOccurrences, type KafkaInstances, kafkaInstances } from './testing/kafka-instances';
import { brokersOfTheSetting } from './testing/kafka-place';

const CONTEXT = 'sample';
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const seldom = async (condition: () => boolean | Promise<boolean>) => until(async () => (await condition()) || (await pause(10, false)));

/** Holds up what is sent until it is told to go on; then it goes out, whoever leads by then. */
class HeldUp {
  sends = 0;
  isHolding = false;
  private release: () => void = () => undefined;
  private released = Promise.resolve();
  private underway = Promise.resolve();

  hold(): void {
    this.isHolding = true;
    this.released = new Promise((resolve) => (this.release = resolve));
  }

  letGo(): void {
    this.isHolding = false;
    this.release();
  }

  over(publisher: Publisher): Publisher {
    return {
      prepare: (event) => publisher.prepare(event),
      publish: async (events) => {
        this.sends++;
        await this.released;
        // A request that is on its way is not called back by an abort.
        this.underway = publisher.publish(events, new AbortController().signal);
        await this.underway;
      },
      get fault() {
        return publisher.fault;
      },
      close: async () => {
        await this.released;
        await this.underway;
        await publisher.close();
      },
    };
  }
}

describe('the relay to Kafka', () => {
  let instances: KafkaInstances;
  const many = keys(12);

  beforeEach(async () => {
    instances = await kafkaInstances({ brokers: brokersOfTheSetting() });
  });
  afterEach(() => instances.remove());

  const isPublishedUpTo = (position: number) => seldom(async () => (await instances.checkpoints.get(CONTEXT)) >= position);

  /** Each subject complete and in order; what was there before may come again. */
  const expectOrder = async (count: number) => {
    const found = firstOccurrences(await instances.published());
    for (const key of many) expect(found.get(`sample-${key}`)).toEqual(upTo(count));
  };

  it('publishes each event once, in order per subject, and the public ones for everyone', async () => {
    const { relay } = instances.startRelay();
    await instances.happenings.happenEverywhere(many, 20);
    const last = await instances.happenings.happen('k0', 3, 'Noted');
    await isPublishedUpTo(last);
    const partitions = await instances.published();
    expect(partitions.flat()).toHaveLength(243);
    const admin = instances.kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(publicTopic(CONTEXT, instances.prefix));
    await admin.disconnect();
    expect(ends.reduce((sum, { high }) => sum + Number(high), 0)).toBe(240);
    expect(relay.status()).toMatchObject({ context: CONTEXT, leading: true, published: 243, position: last });
    expect(relay.status().fault).toBeUndefined();
  });

  it('goes on behind its checkpoint after a stop, and repeats nothing', async () => {
    const first = instances.startRelay();
    await instances.happenings.happenEverywhere(many, 5);
    await seldom(() => first.relay.status().published === 60);
    await first.stop();
    expect(first.relay.status().leading).toBe(false);
    instances.startRelay(2);
    await isPublishedUpTo(await instances.happenings.happenEverywhere(many, 5));
    expect((await instances.published()).flat()).toHaveLength(120);
    await expectOrder(10);
  });

  it('repeats in order, and only that, what it had sent and not noted when it died', async () => {
    const noted = await instances.checkpoints.get(CONTEXT);
    const first = instances.startRelay();
    await instances.happenings.happenEverywhere(many, 10);
    await seldom(() => first.relay.status().published === 120);
    await first.stop();
    await instances.checkpoints.put(CONTEXT, noted, 1);
    instances.startRelay(2);
    await isPublishedUpTo(await instances.happenings.happenEverywhere(many, 2));
    const partitions = await instances.published();
    expect(partitions.flat()).toHaveLength(120 + 144);
    for (const key of many) {
      const all = partitions.flat().filter(({ subject }) => subject === `sample-${key}`).map(({ sequence }) => sequence);
      expect(all).toEqual([...upTo(10), ...upTo(12)]);
    }
  });

  it('is taken over without a gap and out of order by nobody, though the former leader still sends', async () => {
    const held = new HeldUp();
    const former = instances.startRelay(1, (publisher) => held.over(publisher));
    await instances.happenings.happenEverywhere(many, 10);
    await seldom(() => former.relay.status().published === 120);
    held.hold();
    const sends = held.sends;
    await instances.happenings.happenEverywhere(many, 5);
    await seldom(() => held.sends > sends);

    const next = instances.startRelay(2);
    await instances.happenings.happenEverywhere(many, 5);
    await seldom(() => next.relay.status().published >= 60);
    held.letGo();
    // It learns that it does not lead any more when it writes its checkpoint, and ends by itself.
    await seldom(() => !former.relay.status().leading);
    await isPublishedUpTo(await instances.happenings.happenEverywhere(many, 5));
    await expectOrder(25);
  });

  it('keeps repeats from the handlers', async () => {
    const consumer = new RecordingConsumer('sample.consumer', [HAPPENED]);
    const bus = await instances.startBus([consumer]);
    const first = instances.startRelay();
    const last = await instances.happenings.happenEverywhere(many, 10);
    expect(await bus.caughtUp(last, { timeoutMs: 20_000 })).toBe(true);
    await first.stop();
    await instances.checkpoints.put(CONTEXT, 0, 1);
    instances.startRelay(2);
    await isPublishedUpTo(last);
    await seldom(async () => (await bus.status())[0]?.lag === 0);
    for (const key of many) expect(consumer.of(key)).toEqual(upTo(10));
  });

  it('sends without its data what is too large, and consumers read it from the event store', async () => {
    const consumer = new RecordingConsumer('sample.consumer', [HAPPENED]);
    const bus = await instances.startBus([consumer]);
    instances.startRelay();
    const { store } = instances;
    const id = '018f6f7e-0000-7000-8000-000000000001';
    const metadata = { time: '2026-01-01T00:00:00.000Z', commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
    await store.append('sample-large', 'no_stream', [{ id, type: 'Happened', data: { key: 'large', number: 0, text: 'ä'.repeat(700_000) }, metadata }]);
    const last = await instances.happenings.happen('small');
    expect(await bus.caughtUp(last, { timeoutMs: 20_000 })).toBe(true);
    expect(consumer.of('large')).toEqual([0]);
    expect(consumer.seen.find(({ subject }) => subject === 'sample-large')?.data['text']).toHaveLength(700_000);
    expect(consumer.of('small')).toEqual([0]);
  });

  it('waits for topics that are created later', async () => {
    await instances.remove();
    instances = await kafkaInstances({ brokers: brokersOfTheSetting(), withoutTopics: true });
    const consumer = new RecordingConsumer('sample.consumer');
    const bus = await instances.startBus([consumer]);
    const { relay } = instances.startRelay();
    const last = await instances.happenings.happenEverywhere(many, 3);
    await seldom(() => relay.status().fault !== undefined && /does not host|not present|topic/i.test(bus.faults()[0]?.fault ?? ''));
    const admin = instances.kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain(instances.topic);
    await admin.disconnect();

    await createTopics({ kafka: instances.kafka, contexts: [CONTEXT], prefix: instances.prefix, partitions: 3 });
    expect(await bus.caughtUp(last, { timeoutMs: 40_000 })).toBe(true);
    for (const key of many) expect(consumer.of(key)).toEqual(upTo(3));
    expect(consumer.seen.map(numberOf)).toHaveLength(36);
    expect(bus.faults()).toEqual([]);
  });
});
