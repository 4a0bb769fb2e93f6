import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import { textOf } from '../consumers/key-lanes';
import { delayAfter, type Retry } from '../consumers/retry';
import { type BusLogger, silentLogger } from '../logger';
import type { Translator } from '../translate';
import { CheckpointKeeping, Superseded } from './checkpoint-keeping';
import { outgoing } from './outgoing';
import type { Publisher } from './publisher';
import type { RelayCheckpoints } from './relay-checkpoints';
import { RelayQueue } from './relay-queue';

export interface RelayOptions {
  /** The context whose events it publishes. Also the name of its checkpoint. */
  readonly context: string;
  readonly store: EventStore;
  readonly translator: Translator;
  /** Called for each term of office, and again when it rejects. */
  readonly openPublisher: () => Promise<Publisher>;
  readonly checkpoints: RelayCheckpoints;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  /** In [0, 1), spreads retries. */
  readonly random?: () => number;
  /** No batch has more events. Default 1,000. */
  readonly mostEvents?: number;
  /** No batch is larger. Default 512 KiB. */
  readonly mostBytes?: number;
}

export interface RelayStatus {
  readonly context: string;
  readonly leading: boolean;
  /** Everything up to here is acknowledged. 0 before this process has led. */
  readonly position: number;
  readonly published: number;
  /** Why it does not get on. */
  readonly fault?: string;
}

export interface Relay {
  /**
   * Publishes until the signal aborts, or until a higher epoch is seen: then somebody else leads. Does not reject.
   * What a former leader still had on its way repeats events and never comes before one that it follows: each leader
   * sends a part of the log without gaps, which begins no later than the acknowledged one ends.
   */
  lead(signal: AbortSignal, epoch: number): Promise<void>;
  status(): RelayStatus;
}

const TRY_AGAIN: Retry = { attempts: Number.POSITIVE_INFINITY, backoffMs: 100, longestMs: 5_000 };
/** So many batches wait to be sent; then the log is not read on. */
const BATCHES_AHEAD = 4;
const CLOSE_WITHIN_MS = 5_000;

export function openRelay(options: RelayOptions): Relay {
  const { context, store, translator, openPublisher, checkpoints, clock, logger = silentLogger, random = Math.random } = options;
  const { mostEvents = 1_000, mostBytes = 512 * 1024 } = options;
  const prefixes = translator.contexts.get(context);
  if (prefixes === undefined) throw new TypeError(`there is no context ${context}`);
  let terms = 0;
  let position = 0;
  let published = 0;
  let fault: string | undefined;
  let publisher: Publisher | undefined;

  const read = async (queue: RelayQueue, to: Publisher, after: number, signal: AbortSignal): Promise<void> => {
    for await (const page of store.subscribe({ after, prefixes, signal })) {
      for (const event of page.events) await queue.push({ position: event.position, prepared: prepare(to, event) });
      await queue.push({ position: page.position, prepared: undefined });
      if (signal.aborted) return;
    }
    if (!signal.aborted) throw new Error('the subscription has ended');
  };

  const prepare = (to: Publisher, event: RecordedEvent) => {
    const whole = outgoing(translator, event);
    return whole && (to.prepare(whole) ?? to.prepare(outgoing(translator, event, 'too large for the bus') ?? whole));
  };

  const send = async (queue: RelayQueue, to: Publisher, keeping: CheckpointKeeping, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const batch = await queue.take({ mostEvents, mostBytes }, signal);
      if (batch === undefined) return;
      if (batch.events.length > 0) await to.publish(batch.events, signal);
      published += batch.events.length;
      position = batch.position;
      fault = undefined;
      keeping.reached(position, batch.events.length > 0);
    }
  };

  /** One try: rejects when something fails, and with {@link Superseded} when somebody else leads. */
  const relay = async (signal: AbortSignal, epoch: number): Promise<void> => {
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    const to = await openPublisher();
    publisher = to;
    const keeping = new CheckpointKeeping({ name: context, epoch, checkpoints, clock, logger, superseded: (error) => ending.abort(error) });
    try {
      position = await keeping.claim();
      const queue = new RelayQueue(BATCHES_AHEAD * mostEvents, BATCHES_AHEAD * mostBytes);
      either.addEventListener('abort', () => queue.close(), { once: true });
      const reading = read(queue, to, position, either).finally(() => queue.close());
      const sending = send(queue, to, keeping, either);
      // The one that fails ends the other.
      const [first] = await Promise.allSettled([reading, sending].map((part) => part.catch((error: unknown) => {
        ending.abort(error);
        throw error;
      })));
      if (ending.signal.aborted) throw ending.signal.reason;
      if (first?.status === 'rejected') throw first.reason;
    } finally {
      await keeping.stop();
      await Promise.race([to.close(), sleep(clock, CLOSE_WITHIN_MS)]).catch(() => undefined);
    }
  };

  return {
    async lead(signal, epoch) {
      terms++;
      try {
        for (let failures = 1; !signal.aborted; failures++) {
          const before = published;
          try {
            await relay(signal, epoch);
          } catch (error) {
            if (signal.aborted) return;
            if (error instanceof Superseded) return logger.warn({ context, epoch }, 'somebody else relays');
            fault = textOf(error);
            if (published > before) failures = 1;
            logger.warn({ context, error: fault }, 'the relay was interrupted, and goes on');
            await sleep(clock, delayAfter(failures, TRY_AGAIN, random()), signal).catch(() => undefined);
          }
        }
      } finally {
        terms--;
      }
    },

    status() {
      const why = publisher?.fault ?? fault;
      return { context, leading: terms > 0, position, published, ...(terms === 0 || why === undefined ? undefined : { fault: why }) };
    },
  };
}
