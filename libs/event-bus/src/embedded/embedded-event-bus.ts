import type { EventStore } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import { DEFAULT_RETRY, type Retry } from '../consumers/retry';
import { type BusLogger, silentLogger } from '../logger';
import type { Consumer, DiscardedEvent, EventBus, ParkedEvent } from '../port';
import type { Translator } from '../translate';
import { type BusEngine, openBusTables } from './bus-tables';
import { Checkpoints } from './checkpoints';
import { DurableConsumer } from './durable-consumer';
import { embeddedConsumerRecords } from './embedded-consumer-records';
import { SharedFeed } from './shared-feed';

export interface EmbeddedEventBusOptions {
  readonly engine: BusEngine;
  /** The log is the bus. */
  readonly store: EventStore;
  readonly translator: Translator;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  readonly retry?: Partial<Retry>;
  /** In [0, 1), spreads retries. */
  readonly random?: () => number;
  /** So many subjects of one consumer are handled at a time. Default 256. */
  readonly inFlight?: number;
  /** So many events one consumer keeps in memory; then it takes no more until half are done. Default 2,048. */
  readonly mostHeld?: number;
  /** A handler that does not answer within this time has failed and its subject is parked. Default 60,000. */
  readonly handlerTimeoutMs?: number;
  /** How long `stop` waits for handlers. Default 10,000. */
  readonly drainMs?: number;
}

/** Durable consumers over the log of the event store, their positions and parked events in the embedded engine. */
export function openEmbeddedEventBus(options: EmbeddedEventBusOptions): EventBus {
  const { engine, store, translator, clock, logger = silentLogger } = options;
  const { random = Math.random, inFlight = 256, mostHeld = 2_048, handlerTimeoutMs = 60_000, drainMs = 10_000 } = options;
  const retry: Retry = { ...DEFAULT_RETRY, ...options.retry };
  const tables = openBusTables(engine);
  const records = embeddedConsumerRecords(engine, tables);
  const registered = new Map<string, Consumer>();
  const consumers = new Map<string, DurableConsumer>();
  const checkpoints = new Checkpoints({ engine, tables, clock, logger });
  const ending = new AbortController();
  const { signal } = ending;
  const feed = new SharedFeed({ store, translator, clock, logger, signal, progressed: () => checkpoints.soon() });
  let state: 'new' | 'started' | 'stopped' = 'new';
  let stopping: Promise<void> | undefined;

  const open = (consumer: Consumer): DurableConsumer => {
    const opened: DurableConsumer = new DurableConsumer({
      consumer, records, tables, store, translator, clock, random, logger, retry, inFlight, mostHeld, handlerTimeoutMs, signal,
      progressed: () => checkpoints.worked(opened),
    });
    return opened;
  };

  const named = (name: string): DurableConsumer => {
    const consumer = consumers.get(name);
    if (consumer === undefined) throw new TypeError(`there is no consumer ${name}`);
    return consumer;
  };

  const chosen = (name: string | undefined): readonly DurableConsumer[] =>
    name === undefined ? [...consumers.values()] : [named(name)];

  const stopNow = async (): Promise<void> => {
    state = 'stopped';
    ending.abort(new Error('the event bus is stopping'));
    const drained = new AbortController();
    const done = Promise.all([feed.ended(), ...[...consumers.values()].map((consumer) => consumer.stop())]);
    await Promise.race([done, sleep(clock, drainMs, drained.signal).catch(() => undefined)]);
    drained.abort();
    await checkpoints.stop();
  };

  return {
    register(consumer) {
      if (state !== 'new') throw new TypeError(`${consumer.name} registers after the start of the bus`);
      if (registered.has(consumer.name)) throw new TypeError(`two consumers are called ${consumer.name}`);
      registered.set(consumer.name, consumer);
    },

    async start() {
      if (state !== 'new') throw new TypeError('the bus starts once');
      state = 'started';
      for (const consumer of registered.values()) {
        const opened = open(consumer);
        consumers.set(consumer.name, opened);
        checkpoints.add(opened);
      }
      feed.start([...consumers.values()]);
    },

    stop: () => (stopping ??= stopNow()),

    caughtUp(position, { timeoutMs, consumer }) {
      const behind = chosen(consumer).filter((each) => each.position < position);
      if (behind.length === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        let left = behind.length;
        const cancelTimer = clock.wakeAt(clock.now() + timeoutMs, () => {
          for (const leave of leaving) leave();
          resolve(false);
        });
        const arrived = () => {
          if (--left > 0) return;
          cancelTimer();
          resolve(true);
        };
        const leaving = behind.map((each) => each.waiters.wait(position, arrived));
      });
    },

    async parked(consumer) {
      const found: ParkedEvent[] = [];
      for (const each of chosen(consumer)) found.push(...(await each.parked()));
      return found;
    },

    async discarded(consumer) {
      return chosen(consumer).flatMap(({ name }): readonly DiscardedEvent[] => tables.discarded(name));
    },

    retry: async (consumer, subject) => named(consumer).retry(subject),

    discard: async (consumer, subject, reason) => named(consumer).discard(subject, reason),

    async status() {
      const head = await store.head();
      return [...consumers.values()].map(({ name, position, parkedSubjects }) => ({
        consumer: name, position, lag: Math.max(0, head - position), parkedSubjects,
      }));
    },
  };
}
