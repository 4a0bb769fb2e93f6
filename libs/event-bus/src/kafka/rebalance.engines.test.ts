import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../testing/until';
import type { BusEvent } from '../port';
import { keyOf, keys, numberOf } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { type KafkaInstances, kafkaInstances } from './testing/kafka-instances';
import { brokersOfTheSetting } from './testing/kafka-place';

const NAME = 'sample.consumer';
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const seldom = async (condition: () => boolean | Promise<boolean>) => until(async () => (await condition()) || (await pause(20, false)));

/** Effects as a real handler makes them: each event once, however often and wherever it comes. */
class Effects {
  readonly made = new Map<string, number[]>();
  repeats = 0;

  make(event: BusEvent): void {
    const numbers = this.made.get(keyOf(event)) ?? [];
    this.made.set(keyOf(event), numbers);
    if (numbers.includes(numberOf(event))) this.repeats++;
    else numbers.push(numberOf(event));
  }
}

describe('several instances of a service', () => {
  let instances: KafkaInstances;

  beforeEach(async () => {
    instances = await kafkaInstances({ brokers: brokersOfTheSetting() });
    instances.startRelay();
  });
  afterEach(() => instances.remove());

  const consumerOf = (effects: Effects, handled: () => void = () => undefined) => {
    const consumer = new RecordingConsumer(NAME);
    consumer.behave = async (event) => {
      await pause(numberOf(event) % 3);
      effects.make(event);
      handled();
    };
    return consumer;
  };

  it('share the partitions, and lose and reorder nothing when one comes, goes or dies', async () => {
    const many = keys(30);
    const effects = new Effects();
    const [first, second, third] = [consumerOf(effects), consumerOf(effects), consumerOf(effects)];
    const one = await instances.startBus([first], { sessionMs: 6_000 });
    let rounds = 0;
    const happen = async (count: number) => {
      rounds += count;
      return instances.happenings.happenEverywhere(many, count);
    };
    await happen(20);
    await seldom(() => first.seen.length > 100);

    const two = await instances.startBus([second], { sessionMs: 6_000 });
    while (second.seen.length < 50) await happen(2);

    await instances.startBus([third], { sessionMs: 6_000 });
    while (third.seen.length < 50) await happen(2);
    await two.stop();
    await happen(10);
    await one.abandon();
    const last = await happen(10);

    await seldom(() => many.every((key) => effects.made.get(key)?.length === rounds));
    for (const key of many) expect(effects.made.get(key)).toEqual(upTo(rounds));
    expect(third.seen.length).toBeGreaterThan(50);
    expect(last).toBeGreaterThan(0);
  });

  it('do not handle again what was committed when the partitions are shared out anew', async () => {
    const effects = new Effects();
    const one = consumerOf(effects);
    await instances.startBus([one]);
    const last = await instances.happenings.happenEverywhere(keys(20), 10);
    await seldom(() => one.seen.length === 200);
    const two = consumerOf(effects);
    const bus = await instances.startBus([two]);
    await seldom(() => bus.faults().length === 0);
    expect(await bus.caughtUp(last, { timeoutMs: 20_000 })).toBe(true);
    await instances.happenings.happenEverywhere(keys(20), 5);
    await seldom(() => keys(20).every((key) => effects.made.get(key)?.length === 15));
    expect(effects.repeats).toBe(0);
    expect(two.seen.length).toBeGreaterThan(0);
  });

  it('wait for each other: caught up means the whole group', async () => {
    const [slow, quick] = [consumerOf(new Effects()), consumerOf(new Effects())];
    const one = await instances.startBus([slow]);
    const two = await instances.startBus([quick]);
    await seldom(() => one.faults().length === 0 && two.faults().length === 0);
    const last = await instances.happenings.happenEverywhere(keys(30), 5);
    expect(await one.caughtUp(last, { timeoutMs: 20_000 })).toBe(true);
    expect(slow.seen.length + quick.seen.length).toBeGreaterThanOrEqual(150);
    expect(await two.status()).toMatchObject([{ consumer: NAME, lag: 0, parkedSubjects: 0 }]);
    // Also of what the consumer does not want.
    let beyond = 0;
    for (const key of keys(30)) beyond = await instances.happenings.happen(key, 1, 'Noted');
    for (const bus of [one, two]) expect(await bus.caughtUp(beyond, { timeoutMs: 20_000 })).toBe(true);
  });

  it('retry and discard what another one has parked, and the subject flows again there', async () => {
    let isBroken = true;
    const behave = (event: BusEvent) => {
      if (isBroken && keyOf(event) === 'bad' && numberOf(event) < 2) throw new Error('out of order');
    };
    const both = [new RecordingConsumer(NAME), new RecordingConsumer(NAME)] as const;
    for (const each of both) each.behave = behave;
    const buses = [await instances.startBus([both[0]]), await instances.startBus([both[1]])] as const;
    await seldom(() => buses.every((bus) => bus.faults().length === 0));
    const last = await instances.happenings.happen('bad', 4);
    expect(await buses[0].caughtUp(last, { timeoutMs: 20_000 })).toBe(true);
    for (const bus of buses) expect((await bus.parked()).map(({ event }) => event.sequence)).toEqual([0, 1, 2, 3]);

    // One of the two does not have the partition: both must be able to.
    await buses[0].discard(NAME, 'sample-bad', 'harmless');
    expect((await buses[1].parked()).map(({ event }) => event.sequence)).toEqual([1, 2, 3]);
    isBroken = false;
    await Promise.all(buses.map((bus) => bus.retry(NAME, 'sample-bad')));
    expect(await buses[1].parked()).toEqual([]);
    await instances.happenings.happen('bad', 2);
    const seen = () => [...both[0].of('bad'), ...both[1].of('bad')];
    await seldom(() => seen().includes(5));
    expect([...new Set(seen())].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await buses[0].discarded()).toMatchObject([{ sequence: 0, reason: 'harmless' }]);
  });

  it('of a kept name find their partitions waiting after a restart, and no other one is disturbed', async () => {
    const admin = instances.kafka.admin();
    await admin.connect();
    const members = async () => {
      const { groups } = await admin.describeGroups([`${instances.prefix}.${NAME}`]);
      return { state: groups[0]?.state, ids: groups[0]?.members.map(({ memberId }) => memberId).sort() };
    };
    const effects = new Effects();
    const [one, two] = [consumerOf(effects), consumerOf(effects)];
    const first = await instances.startBus([one], { instanceId: 'order-1' });
    const second = await instances.startBus([two], { instanceId: 'order-2' });
    await seldom(async () => (await members()).ids?.length === 2 && first.faults().length + second.faults().length === 0);
    await instances.happenings.happenEverywhere(keys(20), 5);
    await seldom(() => keys(20).every((key) => effects.made.get(key)?.length === 5));
    const before = await members();

    await first.stop();
    await instances.happenings.happenEverywhere(keys(20), 5);
    expect(await members()).toEqual({ ...before, state: 'Stable' });
    const again = consumerOf(effects);
    await instances.startBus([again], { instanceId: 'order-1' });
    await seldom(() => keys(20).every((key) => effects.made.get(key)?.length === 10));
    for (const key of keys(20)) expect(effects.made.get(key)).toEqual(upTo(10));
    expect(again.seen.length).toBeGreaterThan(0);
    expect((await members()).ids).toEqual(expect.arrayContaining((before.ids ?? []).filter((id) => id.startsWith('order-2'))));
    await admin.disconnect();
  });
});
