import type { EventStore } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import type { ISocketFactory } from 'kafkajs';
import type { ConsumerRecords } from '../consumers/consumer-records';
import { DEFAULT_RETRY, type Retry } from '../consumers/retry';
import { parkedEvent, storedEvent } from '../consumers/stored-event';
import { textOf } from '../consumers/key-lanes';
import { type BusLogger, silentLogger } from '../logger';
import type { BusEvent, Consumer, EventBus, ParkedEvent } from '../port';
import type { RelayCheckpoints } from '../relay/relay-checkpoints';
import type { Translator } from '../translate';
import { BrokerAdmin } from './broker-admin';
import { GroupConsumer } from './group-consumer';
import { GroupProgress } from './group-progress';
import type { KafkaAddress } from './kafka-address';
import { openKafkaClient } from './kafka-client';
import { contextOf, groupOf, internalTopic } from './topic-names';

export interface KafkaEventBusOptions {
  readonly address: KafkaAddress;
  /** Where parked events are read, and those whose data is not in the message. */
  readonly store: EventStore;
  /** Of all contexts whose events have consumers here. */
  readonly translator: Translator;
  readonly records: ConsumerRecords;
  /** Of the relays, to know what is published. */
  readonly checkpoints: Pick<RelayCheckpoints, 'get'>;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  /** Of topics and groups. Default `tillroll`. */
  readonly prefix?: string;
  readonly clientId?: string;
  /**
   * A name that this instance keeps over restarts, and that no other has. Whoever comes back under it within the session
   * finds its partitions waiting; on a stop they are not given to others before the session is over.
   */
  readonly instanceId?: string;
  readonly retry?: Partial<Retry>;
  /** In [0, 1), spreads retries. */
  readonly random?: () => number;
  /** So many subjects of one consumer are handled at a time. Default 256. */
  readonly inFlight?: number;
  /** So many events of one consumer are with its handlers or wait for them; then its partitions are paused. Default 2,048. */
  readonly mostHeld?: number;
  /** A handler that does not answer within this time has failed and its subject is parked. Default 60,000. */
  readonly handlerTimeoutMs?: number;
  /** How long a stop or a rebalance waits for handlers. Default 10,000. */
  readonly drainMs?: number;
  /** A process that is not heard of for so long has lost its partitions. Default 10,000. */
  readonly sessionMs?: number;
  /** A fetch waits so long for events; they come at once when there are any, and a stop waits as long. Default 1,000. */
  readonly fetchWaitMs?: number;
  /** Default 100. */
  readonly commitEveryMs?: number;
  readonly socketFactory?: ISocketFactory;
}

export interface KafkaEventBus extends EventBus {
  /** Consumers that are not in their groups, and why. Empty when all is well. */
  faults(): readonly { readonly consumer: string; readonly fault: string }[];
  /** Ends at once, without waiting for handlers and keeping nothing, as if the process had died. */
  abandon(): Promise<void>;
}

const LOOK_AGAIN_MS = 10;
const LOOK_AGAIN_AT_LEAST_EVERY_MS = 250;

/** Consumer groups over the internal topics, which relays fill; what is parked is in the records. */
export function openKafkaEventBus(options: KafkaEventBusOptions): KafkaEventBus {
  const { address, store, translator, records, checkpoints, clock, logger = silentLogger, prefix, instanceId } = options;
  const { random = Math.random, inFlight = 256, mostHeld = 2_048, handlerTimeoutMs = 60_000, drainMs = 10_000 } = options;
  const { sessionMs = 10_000, fetchWaitMs = 1_000, commitEveryMs = 100, clientId = 'tillroll', socketFactory } = options;
  const retry: Retry = { ...DEFAULT_RETRY, ...options.retry };
  const kafka = openKafkaClient({ address, clientId, logger, ...(socketFactory === undefined ? undefined : { socketFactory }) });
  const admin = new BrokerAdmin(kafka);
  const progress = new GroupProgress({ admin, checkpoints, store, contexts: translator.contexts });
  const registered = new Map<string, Consumer>();
  const consumers = new Map<string, GroupConsumer>();
  const waiting = new Set<() => void>();
  const ending = new AbortController();
  let state: 'new' | 'started' | 'stopped' = 'new';
  let stopping: Promise<void> | undefined;

  const progressed = () => {
    if (waiting.size > 0) for (const wake of [...waiting]) wake();
  };

  const open = (consumer: Consumer): GroupConsumer => {
    const topics = [...new Set(consumer.types.map((type) => internalTopic(contextOf(type), prefix)))];
    return new GroupConsumer({
      consumer, kafka, topics, groupId: groupOf(consumer.name, prefix), records, store, translator, clock, random, logger, retry,
      inFlight, mostHeld, handlerTimeoutMs, drainMs, sessionMs, fetchWaitMs, commitEveryMs, progressed,
      ...(instanceId === undefined ? undefined : { instanceId }),
    });
  };

  const named = (name: string): GroupConsumer => {
    const consumer = consumers.get(name);
    if (consumer === undefined) throw new TypeError(`there is no consumer ${name}`);
    return consumer;
  };

  const chosen = (name: string | undefined): readonly GroupConsumer[] => (name === undefined ? [...consumers.values()] : [named(name)]);

  const end = async (how: (consumer: GroupConsumer) => Promise<void>): Promise<void> => {
    state = 'stopped';
    ending.abort(new Error('the event bus is stopping'));
    await Promise.all([...consumers.values()].map(how));
    await admin.close();
  };

  /** Resolves after some time, or when a consumer has come further. */
  const aMoment = async (ms: number, signal: AbortSignal): Promise<void> => {
    const done = new AbortController();
    const enough = AbortSignal.any([done.signal, signal]);
    await new Promise<void>((resolve) => {
      waiting.add(resolve);
      sleep(clock, ms, enough).then(resolve, resolve);
      enough.addEventListener('abort', () => waiting.delete(resolve), { once: true });
    });
    done.abort();
  };

  /** Whatever cannot be asked just now is asked again. */
  const untilTrue = async (question: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
    for (let wait = LOOK_AGAIN_MS; !signal.aborted; wait = Math.min(2 * wait, LOOK_AGAIN_AT_LEAST_EVERY_MS)) {
      const isTrue = await question().catch((error: unknown) => {
        logger.warn({ error: textOf(error) }, 'cannot tell how far the consumers are');
        return false;
      });
      if (isTrue) return;
      await aMoment(wait, signal);
    }
  };

  const arrival = async (consumer: GroupConsumer, position: number, signal: AbortSignal): Promise<void> => {
    await untilTrue(() => progress.isPublished(consumer, position), signal);
    let ends: Awaited<ReturnType<typeof progress.ends>> | undefined;
    await untilTrue(async () => {
      ends ??= await progress.ends(consumer.topics);
      return (await progress.of(consumer, ends)).lag === 0;
    }, signal);
  };

  const readParked = async (consumer: GroupConsumer): Promise<readonly ParkedEvent[]> => {
    const found: ParkedEvent[] = [];
    for (const row of await records.parked(consumer.name)) {
      if (row.position < 0) found.push(parkedEvent(row, unreadable(row.subject, row.position, row.parkedAt)));
      else {
        const stored = await storedEvent(store, row);
        const event = stored && translator.afresh(stored);
        if (event !== undefined) found.push(parkedEvent(row, event));
      }
    }
    return found;
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
      for (const consumer of registered.values()) consumers.set(consumer.name, open(consumer));
      for (const consumer of consumers.values()) consumer.start();
    },

    stop: () => (stopping ??= end((consumer) => consumer.stop())),
    abandon: () => (stopping ??= end((consumer) => consumer.abandon())),

    async caughtUp(position, { timeoutMs, consumer }) {
      const asked = chosen(consumer);
      if (position <= 0 || asked.length === 0) return true;
      const arrived = new AbortController();
      const late = sleep(clock, timeoutMs, arrived.signal).then(() => false, () => false);
      const given = AbortSignal.any([arrived.signal, ending.signal]);
      const all = Promise.all(asked.map((each) => arrival(each, position, given))).then(() => !given.aborted);
      const isThere = await Promise.race([all, late]);
      arrived.abort();
      return isThere;
    },

    async parked(consumer) {
      const found: ParkedEvent[] = [];
      for (const each of chosen(consumer)) found.push(...(await readParked(each)));
      return found;
    },

    async discarded(consumer) {
      const all = await Promise.all(chosen(consumer).map(({ name }) => records.discarded(name)));
      return all.flat();
    },

    retry: async (consumer, subject) => named(consumer).retry(subject),

    discard: async (consumer, subject, reason) => named(consumer).discard(subject, reason),

    async status() {
      const all = [...consumers.values()];
      const ends = await progress.ends(new Set(all.flatMap(({ topics }) => topics)));
      return Promise.all(all.map(async (each) => ({
        consumer: each.name,
        ...(await progress.of(each, ends)),
        parkedSubjects: (await records.firstOfEach(each.name)).length,
      })));
    },

    faults: () => [...consumers.values()].flatMap(({ name, fault }) => (fault === undefined ? [] : [{ consumer: name, fault }])),
  };
}

/** What stands for a message that cannot be read. */
const unreadable = (subject: string, position: number, time: string): BusEvent => ({
  id: `${subject}@${position}`, type: 'unreadable', context: 'unknown', visibility: 'internal', subject, sequence: position, position, time,
  correlationId: '', causationId: '', actor: 'unknown', data: {},
});
