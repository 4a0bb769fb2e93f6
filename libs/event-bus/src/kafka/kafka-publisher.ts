import { type Clock, sleep } from '@tillroll/kernel';
import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { textOf } from '../consumers/key-lanes';
import { delayAfter, type Retry } from '../consumers/retry';
import { type BusLogger, silentLogger } from '../logger';
import type { Outgoing, Prepared, Publisher } from '../relay/publisher';
import { BrokerAdmin } from './broker-admin';
import { internalMessage, publicMessage } from './kafka-message';
import { internalTopic, publicTopic } from './topic-names';

export interface KafkaPublisherOptions {
  readonly kafka: Kafka;
  readonly context: string;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  readonly prefix?: string;
  readonly random?: () => number;
}

interface PreparedMessage extends Prepared {
  readonly internal: Message;
  /** Undefined for what is only for our own consumers. */
  readonly forEveryone: Message | undefined;
}

/** Below the broker's limit for a batch, 1 MiB. */
const LARGEST_BYTES = 900 * 1024;
/** Of headers and framing. */
const OVERHEAD_BYTES = 700;
const ACKNOWLEDGED_BY_ALL = -1;
const SEND_AGAIN: Retry = { attempts: Number.POSITIVE_INFINITY, backoffMs: 50, longestMs: 2_000 };

/**
 * Publishes the events of one context. Rejects when its topics are not there or the brokers cannot be asked.
 *
 * The client's idempotent producer may acknowledge a message that it never wrote: when several sends are on their way,
 * when a send is repeated with other messages than before, and when a partition moves, while it repeats a send, to a
 * broker that has answered already. So there is one send at a time, each message has its partition from the start, the
 * answer has to name every partition, and a send that fails is repeated with the very same messages by another producer.
 */
export async function openKafkaPublisher(options: KafkaPublisherOptions): Promise<Publisher> {
  const { kafka, context, clock, logger = silentLogger, prefix, random = Math.random } = options;
  const [internal, forEveryone] = [internalTopic(context, prefix), publicTopic(context, prefix)];
  const partitionOf = await partitioning(kafka, [internal, forEveryone]);
  let producer: Producer | undefined;
  let sending = false;
  let isClosed = false;
  let fault: string | undefined;

  const connected = async (): Promise<Producer> => {
    if (producer !== undefined) return producer;
    const fresh = newProducer(kafka);
    await fresh.connect();
    producer = fresh;
    if (isClosed) await giveUp();
    return fresh;
  };

  const giveUp = async (): Promise<void> => {
    const old = producer;
    producer = undefined;
    await old?.disconnect().catch(() => undefined);
  };

  const sendOnce = async (messages: readonly PreparedMessage[]): Promise<void> => {
    const open = messages.flatMap(({ forEveryone: message }) => (message === undefined ? [] : [message]));
    const topicMessages = [{ topic: internal, messages: messages.map((message) => message.internal) }];
    if (open.length > 0) topicMessages.push({ topic: forEveryone, messages: open });
    const answer = await (await connected()).sendBatch({ acks: ACKNOWLEDGED_BY_ALL, topicMessages });
    const answered = new Set(answer.map(({ topicName, partition }) => `${topicName}/${partition}`));
    for (const { topic, messages: sent } of topicMessages)
      for (const { partition } of sent)
        if (!answered.has(`${topic}/${partition}`)) throw new Error(`nobody has acknowledged what was sent to ${topic}/${partition}`);
  };

  return {
    prepare(event: Outgoing): PreparedMessage | undefined {
      const mine = internalMessage(event, partitionOf(internal, event.subject));
      const theirs = event.visibility === 'public' ? publicMessage(event, partitionOf(forEveryone, event.subject)) : undefined;
      const bytes = Buffer.byteLength(mine.value) + OVERHEAD_BYTES;
      if (bytes > LARGEST_BYTES) return undefined;
      return { bytes: theirs === undefined ? bytes : 2 * bytes, internal: mine, forEveryone: theirs };
    },

    async publish(events, signal) {
      if (sending) throw new TypeError('one send at a time');
      sending = true;
      try {
        for (let failures = 1; ; failures++) {
          signal.throwIfAborted();
          try {
            await orAborted(sendOnce(events.filter(isPrepared)), signal);
            fault = undefined;
            return;
          } catch (error) {
            signal.throwIfAborted();
            fault = textOf(error);
            logger.warn({ context, error: fault }, 'cannot publish, trying again');
            await giveUp();
            await sleep(clock, delayAfter(failures, SEND_AGAIN, random()), signal);
          }
        }
      } finally {
        sending = false;
      }
    },

    get fault() {
      return fault;
    },

    async close() {
      isClosed = true;
      await giveUp();
    },
  };
}

/** Does not wait any longer for what nobody wants to know any more. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let stopWaiting: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stopWaiting = () => reject(signal.reason);
    signal.addEventListener('abort', stopWaiting, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (stopWaiting !== undefined) signal.removeEventListener('abort', stopWaiting);
  }
}

const isPrepared = (prepared: Prepared): prepared is PreparedMessage => 'internal' in prepared;

const newProducer = (kafka: Kafka): Producer =>
  kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 500 },
  });

/** The client takes 10 µs to choose a partition, and a subject comes several times in a short while. */
const REMEMBERED_SUBJECTS = 10_000;

/** The partition of a subject, by the number of partitions that the topics have now. */
async function partitioning(kafka: Kafka, topics: string[]): Promise<(topic: string, subject: string) => number> {
  const admin = new BrokerAdmin(kafka);
  try {
    const { topics: found } = await admin.ask((client) => client.fetchTopicMetadata({ topics }));
    const choose = Partitioners.DefaultPartitioner();
    const known = new Map(found.map(({ name, partitions }) => [name, { partitionMetadata: partitions, chosen: new Map<string, number>() }]));
    return (topic, subject) => {
      const { partitionMetadata, chosen } = known.get(topic) ?? { partitionMetadata: [], chosen: new Map<string, number>() };
      const before = chosen.get(subject);
      if (before !== undefined) return before;
      const partition = choose({ topic, partitionMetadata, message: { key: subject, value: null } });
      if (chosen.size >= REMEMBERED_SUBJECTS) chosen.clear();
      chosen.set(subject, partition);
      return partition;
    };
  } finally {
    await admin.close();
  }
}
