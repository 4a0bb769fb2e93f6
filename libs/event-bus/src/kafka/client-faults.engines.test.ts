import { setTimeout as pause } from 'node:timers/promises';
import type { IHeaders } from 'kafkajs';
import { HAPPENED, keyOf, keys, newEvent, numberOf } from '../testing/happenings';
import { Gate, RecordingConsumer } from '../testing/recording-consumer';
import { until } from '../testing/until';
import { openKafkaClient } from './kafka-client';
import { parseKafkaBrokers } from './kafka-address';
import { silentLogger } from '../logger';
import { createTopics } from './topics';
import { type KafkaInstances, kafkaInstances } from './testing/kafka-instances';
import { brokersOfTheSetting } from './testing/kafka-place';

const NAME = 'sample.consumer';
const IN_TIME = { timeoutMs: 30_000 };
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const seldom = async (condition: () => boolean | Promise<boolean>) => until(async () => (await condition()) || (await pause(10, false)));

describe('what the client, messages and handlers do wrong', () => {
  let instances: KafkaInstances;
  let consumer: RecordingConsumer;

  beforeEach(async () => {
    instances = await kafkaInstances({ brokers: brokersOfTheSetting() });
    consumer = new RecordingConsumer(NAME);
  });
  afterEach(() => instances.remove());

  it('an idle connection sets no timer', async () => {
    const kafka = openKafkaClient({ address: parseKafkaBrokers(brokersOfTheSetting()), clientId: 'idle', logger: silentLogger });
    const admin = kafka.admin();
    await admin.connect();
    await admin.listTopics();
    const set = jest.spyOn(globalThis, 'setTimeout');
    await new Promise((resolve) => setImmediate(resolve));
    const before = process.cpuUsage();
    await pause(300);
    expect(set.mock.calls.filter(([, delay]) => delay === undefined || delay < 10)).toEqual([]);
    expect(process.cpuUsage(before).user).toBeLessThan(300_000);
    set.mockRestore();
    await admin.disconnect();
  });

  it('a handler that throws a TypeError parks its subject, and the consumer goes on', async () => {
    consumer.behave = (event) => {
      if (keyOf(event) === 'bad') throw new TypeError('undefined is not a function');
    };
    const bus = await instances.startBus([consumer]);
    instances.startRelay();
    await instances.happenings.happen('bad', 2);
    const last = await instances.happenings.happenEverywhere(keys(10), 5);
    expect(await bus.caughtUp(last, IN_TIME)).toBe(true);
    for (const key of keys(10)) expect(consumer.of(key)).toEqual(upTo(5));
    expect((await bus.parked()).map(({ error, failed }) => [error, failed])).toEqual([['TypeError: undefined is not a function', true], ['', false]]);
    expect(bus.faults()).toEqual([]);
  });

  it('messages that cannot be read are parked under their subject, and hold up nobody else', async () => {
    const bus = await instances.startBus([consumer]);
    instances.startRelay();
    await instances.happenings.happenEverywhere(['a', 'b', 'c'], 2);
    await seldom(() => consumer.seen.length === 6);
    const producer = instances.kafka.producer();
    await producer.connect();
    const send = (key: string | null, headers: IHeaders, value = '{}') =>
      producer.send({ topic: instances.topic, messages: [{ key, value, headers }] });
    await send('sample-a', {});
    await send(null, { ce_type: HAPPENED, ce_sequence: 'seven' }, 'garbage');
    await send('sample-b', { ce_type: 'tillroll.sample.from-the-future.v9', ce_subject: 'sample-b' });
    await producer.disconnect();
    const last = await instances.happenings.happenEverywhere(['a', 'b', 'c'], 2);
    expect(await bus.caughtUp(last, IN_TIME)).toBe(true);
    expect([consumer.of('a'), consumer.of('b'), consumer.of('c')]).toEqual([[0, 1], [0, 1, 2, 3], [0, 1, 2, 3]]);

    const parked = await bus.parked();
    expect(parked.filter(({ subject }) => subject === 'sample-a').map(({ failed, event }) => [failed, event.type])).toEqual([
      [true, 'unreadable'], [false, HAPPENED], [false, HAPPENED],
    ]);
    expect(parked).toHaveLength(4);
    await bus.retry(NAME, 'sample-a');
    expect((await bus.parked())[0]?.error).toMatch(/the message at offset \d+ of .* cannot be read/);
    await bus.discard(NAME, 'sample-a', 'nothing of ours');
    expect(consumer.of('a')).toEqual([0, 1, 2, 3]);
    expect(await bus.discarded()).toMatchObject([{ subject: 'sample-a', reason: 'nothing of ours' }]);
  });

  it('headers that are damaged cost nothing when they still tell the place in the log', async () => {
    const bus = await instances.startBus([consumer]);
    const id = '018f6f7e-0000-7000-8000-000000000002';
    const { position } = await instances.store.append('sample-a', 'no_stream', [newEvent(id, 'Happened', { key: 'a', number: 0 })]);
    const producer = instances.kafka.producer();
    await producer.connect();
    const headers = { ce_type: HAPPENED, ce_sequence: '0', ce_position: String(position) };
    await producer.send({ topic: instances.topic, messages: [{ key: 'sample-a', value: 'garbage', headers }] });
    await producer.disconnect();
    await seldom(() => consumer.seen.length === 1);
    expect(consumer.seen[0]).toMatchObject({ id, subject: 'sample-a', sequence: 0, data: { number: 0 } });
    expect(await bus.parked()).toEqual([]);
  });

  it('a consumer that takes its time is fed as it can, while others go on', async () => {
    const gate = new Gate();
    consumer.behave = () => gate.passed;
    const quick = new RecordingConsumer('sample.quick');
    const bus = await instances.startBus([consumer, quick], { mostHeld: 40, inFlight: 10 });
    instances.startRelay();
    const many = keys(60);
    const last = await instances.happenings.happenEverywhere(many, 30);
    expect(await bus.caughtUp(last, { ...IN_TIME, consumer: quick.name })).toBe(true);
    // Longer than a partition may hold up the others before it is paused.
    await pause(400);
    expect(consumer.mostRunning).toBe(10);
    expect(consumer.seen).toEqual([]);
    expect(bus.faults()).toEqual([]);
    gate.open();
    expect(await bus.caughtUp(last, IN_TIME)).toBe(true);
    for (const key of many) expect(consumer.of(key)).toEqual(upTo(30));
  });

  it('one subject that is stuck takes not all the room from the others', async () => {
    consumer.behave = (event) => (keyOf(event) === 'k0' && numberOf(event) === 0 ? new Promise<void>(() => undefined) : undefined);
    await instances.startBus([consumer], { mostHeld: 40, inFlight: 10, drainMs: 0 });
    instances.startRelay();
    await instances.happenings.happen('k0', 200);
    const others = keys(30).slice(1);
    await instances.happenings.happenEverywhere(others, 20);
    // Those of the same partition wait with it.
    await seldom(() => others.filter((key) => consumer.of(key).length === 20).length >= 15);
    expect(consumer.of('k0')).toEqual([]);
  });

  it('a client that gives up is replaced: the consumer is back when its topic is', async () => {
    const bus = await instances.startBus([consumer], { sessionMs: 6_000 });
    const { relay } = instances.startRelay();
    await instances.happenings.happenEverywhere(keys(5), 5);
    await seldom(() => consumer.seen.length === 25);
    const admin = instances.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [instances.topic] });
    await admin.disconnect();
    await instances.happenings.happenEverywhere(keys(5), 5);
    await seldom(() => bus.faults().length === 1 && relay.status().fault !== undefined);
    await createTopics({ kafka: instances.kafka, contexts: ['sample'], prefix: instances.prefix, partitions: 6 });
    await instances.happenings.happenEverywhere(keys(5), 5);
    await seldom(() => keys(5).every((key) => consumer.of(key).at(-1) === 14));
    for (const key of keys(5)) expect([...new Set(consumer.of(key))]).toEqual(upTo(15));
    expect(bus.faults()).toEqual([]);
    expect(relay.status().fault).toBeUndefined();
  });
});
