import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Brokers, startBrokers } from '../../../../scripts/engines/kafka.mjs';
import { keys } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { until } from '../testing/until';
import { firstOccurrences, type KafkaInstances, kafkaInstances } from './testing/kafka-instances';

const NAME = 'sample.consumer';
const IN_TIME = { timeoutMs: 90_000 };
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const seldom = async (condition: () => boolean | Promise<boolean>) => until(async () => (await condition()) || (await pause(20, false)));

/** What was handled for the first time, in the order of handling. */
const firstOf = (consumer: RecordingConsumer, key: string): readonly number[] => [...new Set(consumer.of(key))];

describe.each([1, 3])('with %i brokers', (nodes) => {
  let directory: string;
  let cluster: Brokers;
  let instances: KafkaInstances;
  const many = keys(10);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tillroll-brokers-'));
    cluster = await startBrokers({ directory, nodes });
  }, 240_000);
  afterAll(async () => {
    await cluster.stop();
    await rm(directory, { recursive: true });
  }, 60_000);

  beforeEach(async () => {
    instances = await kafkaInstances({ brokers: cluster.address, replication: nodes });
  }, 60_000);
  afterEach(() => instances.remove(), 60_000);

  /** Events go on happening while the work is done. Resolves with how many rounds there were. */
  const underLoad = async (work: () => Promise<void>): Promise<{ readonly rounds: number; readonly last: number }> => {
    let isDone = false;
    let rounds = 0;
    let last = 0;
    const loading = (async () => {
      while (!isDone) {
        last = await instances.happenings.happenEverywhere(many);
        rounds++;
        await pause(5);
      }
    })();
    await work().finally(() => (isDone = true));
    await loading;
    return { rounds, last };
  };

  it('loses and reorders nothing when one is killed under load and comes back on its data', async () => {
    const consumer = new RecordingConsumer(NAME);
    const bus = await instances.startBus([consumer]);
    const { relay } = instances.startRelay();
    const { rounds, last } = await underLoad(async () => {
      await seldom(() => consumer.seen.length > 200);
      const victim = cluster.brokers[nodes - 1];
      await victim?.kill();
      if (nodes === 1) await seldom(() => relay.status().fault !== undefined);
      else {
        // The others go on without it.
        const before = consumer.seen.length;
        await seldom(() => consumer.seen.length > before + 500);
      }
      await victim?.start();
      const before = consumer.seen.length;
      await seldom(() => consumer.seen.length > before + 200);
    });
    expect(await bus.caughtUp(last, IN_TIME)).toBe(true);
    const published = firstOccurrences(await instances.published());
    for (const key of many) expect(published.get(`sample-${key}`)).toEqual(upTo(rounds));
    for (const key of many) expect(firstOf(consumer, key)).toEqual(upTo(rounds));
    expect(bus.faults()).toEqual([]);
    expect(await bus.parked()).toEqual([]);
  }, 240_000);

  it('stops although none of them answers, and goes on where it was when they are back', async () => {
    const consumer = new RecordingConsumer(NAME);
    const bus = await instances.startBus([consumer]);
    const relay = instances.startRelay();
    await instances.happenings.happenEverywhere(many, 5);
    await seldom(() => consumer.seen.length === 50);
    for (const broker of cluster.brokers) await broker.kill();
    const last = await instances.happenings.happenEverywhere(many, 5);
    await pause(500);
    await Promise.all([bus.stop(), relay.stop()]);
    await Promise.all(cluster.brokers.map((broker) => broker.start()));

    const again = new RecordingConsumer(NAME);
    const next = await instances.startBus([again]);
    instances.startRelay(2);
    expect(await next.caughtUp(last, IN_TIME)).toBe(true);
    for (const key of many) expect([...new Set([...consumer.of(key), ...again.of(key)])]).toEqual(upTo(10));
  }, 240_000);
});
