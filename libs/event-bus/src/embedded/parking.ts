import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { type Clock, sleep, toTimestamp } from '@tillroll/kernel';
import type { ParkedRow } from '../consumers/consumer-records';
import { isOutage, type KeyLanes, textOf } from '../consumers/key-lanes';
import type { Held, Lane } from '../consumers/lane';
import type { BusLogger } from '../logger';
import type { BusEngine, BusTables } from './bus-tables';

export interface ParkingOptions {
  readonly consumer: string;
  readonly engine: BusEngine;
  readonly tables: BusTables;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly lanes: KeyLanes;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  handle(event: RecordedEvent): Promise<void>;
  /** The event is parked on disk: the consumer may go on without it. */
  finished(held: Held): void;
}

/** How long to wait before parking is tried again when the engine cannot write. */
const WRITE_AGAIN_MS = 200;

/** The parked subjects of one consumer: puts events aside durably and in order, handles them again, gives them up. */
export class Parking {
  private readonly writing = new Map<Lane, Promise<void>>();
  private readonly operations = new Map<string, Promise<void>>();

  constructor(private readonly options: ParkingOptions) {}

  /** Takes what waits in the lane out of memory and onto the disk. Does not reject. */
  async put(lane: Lane): Promise<void> {
    const underway = this.writing.get(lane);
    if (underway !== undefined) return underway;
    const written = this.writeAll(lane).finally(() => this.writing.delete(lane));
    this.writing.set(lane, written);
    return written;
  }

  /** Resolves when nothing is being parked, retried or discarded. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.writing.values(), ...this.operations.values()]);
  }

  retry(subject: string): Promise<void> {
    return this.oneAtATime(subject, () => this.drain(subject));
  }

  discard(subject: string, reason: string): Promise<void> {
    return this.oneAtATime(subject, async () => {
      await this.written(subject);
      await this.giveUpFirst(subject, reason);
      await this.drain(subject);
    });
  }

  /** The stored event behind a row; undefined when its stream was deleted or truncated since. */
  async eventOf(row: ParkedRow): Promise<RecordedEvent | undefined> {
    for await (const page of this.options.store.readStream(row.subject, { from: row.sequence, limit: 1 }))
      for (const event of page) return event.revision === row.sequence && event.position === row.position ? event : undefined;
    return undefined;
  }

  private oneAtATime(subject: string, work: () => Promise<void>): Promise<void> {
    const before = this.operations.get(subject) ?? Promise.resolve();
    const operation = before.catch(() => undefined).then(work);
    this.operations.set(subject, operation);
    return operation.finally(() => {
      if (this.operations.get(subject) === operation) this.operations.delete(subject);
    });
  }

  private async writeAll(lane: Lane): Promise<void> {
    const { engine, tables, clock, logger, consumer, signal } = this.options;
    while (lane.queue.length > 0 && !signal.aborted) {
      const batch = lane.queue.slice();
      const rows = batch.map((held) => this.rowOf(held));
      try {
        await engine.write(() => rows.forEach((row) => tables.park(row)));
        lane.queue.splice(0, batch.length);
        for (const held of batch) this.options.finished(held);
      } catch (error) {
        logger.error({ consumer, subject: lane.subject, error: textOf(error) }, 'cannot park, trying again');
        await sleep(clock, WRITE_AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }

  private rowOf({ event, attempts, error }: Held): ParkedRow {
    const { consumer, clock, logger } = this.options;
    const row = { consumer, subject: event.streamId, position: event.position, sequence: event.revision };
    if (error !== undefined) logger.error({ ...row, type: event.type, attempts, error }, 'parked');
    return { ...row, failed: error !== undefined, attempts, error: error ?? '', parkedAt: toTimestamp(clock.now()) };
  }

  private async written(subject: string): Promise<void> {
    const lane = this.options.lanes.of(subject);
    if (lane?.state === 'parked') await this.put(lane);
  }

  private async drain(subject: string): Promise<void> {
    const { lanes, tables, engine, consumer, signal } = this.options;
    const lane = lanes.of(subject);
    if (lane?.state !== 'parked') return;
    while (!signal.aborted) {
      const row = tables.firstParked(consumer, subject);
      if (row === undefined) {
        if (lane.queue.length === 0) return lanes.release(lane);
        await this.put(lane);
      } else {
        const failure = await this.handleAgain(row);
        await engine.write(() => (failure === undefined ? tables.unpark(row) : tables.keepFailure(failure)));
        if (failure !== undefined) return;
      }
    }
  }

  /** Undefined when the event is dealt with. */
  private async handleAgain(row: ParkedRow): Promise<ParkedRow | undefined> {
    const { clock, logger, timeoutMs } = this.options;
    try {
      const event = await this.eventOf(row);
      if (event !== undefined) await within(clock, timeoutMs, this.options.handle(event));
      return undefined;
    } catch (error) {
      const attempts = row.attempts + (isOutage(error) ? 0 : 1);
      const failure = { ...row, failed: true, attempts, error: textOf(error), parkedAt: toTimestamp(clock.now()) };
      logger.error(failure, 'parked again');
      return failure;
    }
  }

  private async giveUpFirst(subject: string, reason: string): Promise<void> {
    const { tables, engine, consumer, clock, logger } = this.options;
    const row = tables.firstParked(consumer, subject);
    if (row === undefined) return;
    const { position, sequence, error } = row;
    const discarded = { consumer, subject, position, sequence, error, reason, discardedAt: toTimestamp(clock.now()) };
    await engine.write(() => {
      tables.keepDiscarded(discarded);
      tables.unpark(row);
    });
    logger.warn(discarded, 'discarded');
  }
}

async function within(clock: Clock, timeoutMs: number, work: Promise<void>): Promise<void> {
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.wakeAt(clock.now() + timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    cancel?.();
  }
}
