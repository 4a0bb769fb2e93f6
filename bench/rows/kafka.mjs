import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { startBrokers } from '../../scripts/engines/kafka.mjs';
import { temporaryDirectory } from '../servers.mjs';

const require = createRequire(import.meta.url);
const { EmbeddedEngine, openEmbeddedEventStore } = require('@tillroll/event-store');
const { createTranslator, silentLogger } = require('@tillroll/event-bus');
const { embeddedConsumerRecords } = require('@tillroll/event-bus/embedded/embedded-consumer-records');
const { embeddedRelayCheckpoints } = require('@tillroll/event-bus/embedded/embedded-relay-checkpoints');
const { parseKafkaBrokers } = require('@tillroll/event-bus/kafka/kafka-address');
const { openKafkaClient } = require('@tillroll/event-bus/kafka/kafka-client');
const { openKafkaEventBus } = require('@tillroll/event-bus/kafka/kafka-event-bus');
const { openKafkaPublisher } = require('@tillroll/event-bus/kafka/kafka-publisher');
const { createTopics } = require('@tillroll/event-bus/kafka/topics');
const { openRelay } = require('@tillroll/event-bus/relay/relay');
const { systemClock, uuid7 } = require('@tillroll/kernel');

const TYPE = 'tillroll.sample.happened.v1';
const context = 'sample';
const publications = { context, prefixes: ['sample-'], events: { Happened: { type: TYPE, visibility: 'internal', data: (stored) => stored } } };
const percentile = (numbers, part) => numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

/** The brokers of the setting, or one of its own; the log and what is remembered in an embedded engine. */
async function withBroker(onProgress, work) {
  const directory = temporaryDirectory();
  const given = process.env.KAFKA_BROKERS;
  const own = given ? undefined : await startBrokers({ directory: `${directory}/broker`, onProgress });
  const engine = EmbeddedEngine.open({ directory });
  const store = openEmbeddedEventStore({ engine });
  const translator = createTranslator([publications]);
  const address = parseKafkaBrokers(given ?? own.address);
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const kafka = openKafkaClient({ address, clientId: 'bench', logger: silentLogger });
  const checkpoints = embeddedRelayCheckpoints(engine);
  const ports = { address, store, translator, checkpoints, records: embeddedConsumerRecords(engine), clock: systemClock, prefix };
  const ending = new AbortController();
  try {
    await createTopics({ kafka, contexts: [context], prefix });
    const startRelay = (over = (publisher) => publisher) => {
      const openPublisher = async () => over(await openKafkaPublisher({ kafka, context, clock: systemClock, prefix }));
      const relay = openRelay({ context, store, translator, checkpoints, clock: systemClock, openPublisher });
      void relay.lead(ending.signal, 1);
      return relay;
    };
    return await work({ store, ports, startRelay });
  } finally {
    ending.abort(new Error('over'));
    await pause(200);
    await store.close();
    await engine.close();
    await own?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startConsumer(ports, handle) {
  const bus = openKafkaEventBus({ ...ports, fetchWaitMs: 200 });
  bus.register({ name: `bench.${randomUUID().slice(0, 8)}`, types: [TYPE], handle });
  await bus.start();
  while (bus.faults().length > 0) await pause(20);
  return bus;
}

function newEvent(number) {
  const id = uuid7(Date.now());
  const metadata = { time: new Date().toISOString(), commandId: id, correlationId: id, causationId: id, actor: 'system:bench' };
  return { id, type: 'Happened', data: { number, productId: 'earl-grey-100', quantity: 1, unitPrice: { amount: 690, currency: 'EUR' } }, metadata };
}

const EVERY_MS = 10;
const RATE = 1_000;

const relayLag = {
  name: 'relay',
  what: `relay to Kafka at ${RATE} events/s: from the durable append to the acknowledgement of the broker, and to the handler`,
  target: 'p99 <= 50 ms to the acknowledgement',
  run: ({ seconds, onProgress }) =>
    withBroker(onProgress, async ({ store, ports, startRelay }) => {
      const appended = new Map();
      const [acknowledged, handled] = [[], []];
      const positions = new WeakMap();
      const timed = (publisher) => ({
        prepare(event) {
          const prepared = publisher.prepare(event);
          if (prepared !== undefined) positions.set(prepared, event.position);
          return prepared;
        },
        async publish(events, signal) {
          await publisher.publish(events, signal);
          const now = performance.now();
          for (const event of events) if (appended.has(positions.get(event))) acknowledged.push(now - appended.get(positions.get(event)));
        },
        get fault() {
          return publisher.fault;
        },
        close: () => publisher.close(),
      });
      const relay = startRelay(timed);
      const bus = await startConsumer(ports, async ({ position }) => {
        if (appended.has(position)) handled.push(performance.now() - appended.get(position));
      });
      let number = 0;
      const began = performance.now();
      const send = async (warm) => {
        const stream = `sample-${uuid7(Date.now())}`;
        const { position } = await store.append(stream, 'no_stream', [newEvent(number++)]);
        if (!warm) appended.set(position, performance.now());
      };
      const warmMs = 3_000;
      const pending = new Set();
      for (let due = 0; performance.now() - began < warmMs + seconds * 1_000; due++) {
        const wait = began + due * EVERY_MS - performance.now();
        if (wait > 0) await pause(wait);
        for (let i = 0; i < (RATE * EVERY_MS) / 1_000; i++) {
          const sent = send(performance.now() - began < warmMs).finally(() => pending.delete(sent));
          pending.add(sent);
        }
      }
      await Promise.all(pending);
      while (handled.length < appended.size) await pause(20);
      await bus.stop();
      const rate = appended.size / seconds;
      return { value: percentile(acknowledged, 0.5), unit: ' ms', p99: percentile(acknowledged, 0.99), detail: { rate, toHandlerP50: percentile(handled, 0.5), toHandlerP99: percentile(handled, 0.99), published: relay.status().published } };
    }),
};

const throughKafka = {
  name: 'kafka',
  what: 'small events through Kafka: from the log to the broker, and from the broker into a consumer that counts',
  target: '>= 20,000 events/s into the consumer',
  run: ({ events, onProgress }) =>
    withBroker(onProgress, async ({ store, ports, startRelay }) => {
      const streams = Array.from({ length: 2_000 }, () => `sample-${uuid7(Date.now())}`);
      const each = Math.ceil(events / streams.length / 50) * 50;
      onProgress(`appending ${each * streams.length} events`);
      for (let revision = -1; revision < each - 1; revision += 50)
        for (let from = 0; from < streams.length; from += 50)
          await Promise.all(streams.slice(from, from + 50).map((stream) =>
            store.append(stream, revision < 0 ? 'no_stream' : revision, Array.from({ length: 50 }, (_, i) => newEvent(revision + 1 + i))),
          ));
      const total = each * streams.length;
      onProgress('relaying');
      const cpuUs = (before) => Math.round(process.cpuUsage(before).user / total);
      let began = performance.now();
      let before = process.cpuUsage();
      const relay = startRelay();
      while (relay.status().published < total) await pause(10);
      const relayed = total / ((performance.now() - began) / 1_000);
      const relayCpuUs = cpuUs(before);
      onProgress('consuming');
      let [count, first] = [0, 0];
      began = performance.now();
      before = process.cpuUsage();
      let done;
      const counted = new Promise((resolve) => (done = resolve));
      const bus = await startConsumer(ports, async () => {
        if (count++ === 0) first = performance.now();
        if (count === total) done();
      });
      await counted;
      const value = total / ((performance.now() - began) / 1_000);
      const consumeCpuUs = cpuUs(before);
      await bus.stop();
      return { value, unit: '/s', detail: { events: total, relayed: Math.round(relayed), relayCpuUs, consumeCpuUs, joinMs: Math.round(first - began) } };
    }),
};

export const kafka = [relayLag, throughKafka];
