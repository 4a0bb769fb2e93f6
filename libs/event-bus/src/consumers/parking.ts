import { type Clock, sleep, toTimestamp } from '@tillroll/kernel';
import type { BusLogger } from '../logger';
import type { ConsumerRecords, ParkedRow } from './consumer-records';
import { isOutage, type KeyLanes, textOf } from './key-lanes';
import type { Arrived, Held, Lane } from './lane';

export interface ParkingOptions<Event extends Arrived> {
  readonly consumer: string;
  readonly records: ConsumerRecords;
  readonly clock: Clock;
  readonly logger: BusLogger;
  /** Those of this process; another one may have the subject. */
  readonly lanes: () => KeyLanes<Event>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The event behind a row; undefined when its stream was deleted or truncated since. */
  read(row: ParkedRow): Promise<Event | undefined>;
  handle(event: Event): Promise<void>;
  /** The event is parked durably: the consumer may go on without it. */
  finished(held: Held<Event>): void;
}

/** How long to wait before parking is tried again when nothing can be written. */
const WRITE_AGAIN_MS = 200;

/** The parked subjects of one consumer: puts events aside durably and in order, handles them again, gives them up. */
export class Parking<Event extends Arrived> {
  private readonly writing = new Map<Lane<Event>, Promise<void>>();
  private readonly operations = new Map<string, Promise<void>>();

  constructor(private readonly options: ParkingOptions<Event>) {}

  /**
   * Takes what waits in the lane out of memory and parks it. Where somebody has emptied the subject in the meantime, the
   * lane flows again instead. Does not reject.
   */
  async put(lane: Lane<Event>): Promise<void> {
    const underway = this.writing.get(lane);
    if (underway !== undefined) return underway;
    const written = this.writeAll(lane).finally(() => this.writing.delete(lane));
    this.writing.set(lane, written);
    return written;
  }

  /** Resolves when nothing is being parked. */
  async written(): Promise<void> {
    await Promise.allSettled(this.writing.values());
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
      await this.laneWritten(subject);
      await this.giveUpFirst(subject, reason);
      await this.drain(subject);
    });
  }

  private oneAtATime(subject: string, work: () => Promise<void>): Promise<void> {
    const before = this.operations.get(subject) ?? Promise.resolve();
    const operation = before.catch(() => undefined).then(work);
    this.operations.set(subject, operation);
    return operation.finally(() => {
      if (this.operations.get(subject) === operation) this.operations.delete(subject);
    });
  }

  private async writeAll(lane: Lane<Event>): Promise<void> {
    const { records, clock, logger, consumer, signal } = this.options;
    const isWanted = () => lane.state === 'parked' && this.options.lanes().of(lane.subject) === lane && !signal.aborted;
    while (lane.queue.length > 0 && isWanted()) {
      const batch = lane.queue.slice();
      const rows = batch.map((held) => this.rowOf(held));
      try {
        if (rows[0]?.failed === true) await records.park(rows);
        else if (!(await records.parkBehind(rows))) return this.options.lanes().resume(lane);
        lane.queue.splice(0, batch.length);
        for (const held of batch) this.options.finished(held);
      } catch (error) {
        logger.error({ consumer, subject: lane.subject, error: textOf(error) }, 'cannot park, trying again');
        await sleep(clock, WRITE_AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }

  private rowOf({ event, attempts, error }: Held<Event>): ParkedRow {
    const { consumer, clock, logger } = this.options;
    const row = { consumer, subject: event.streamId, position: event.position, sequence: event.revision };
    if (error !== undefined) logger.error({ ...row, type: event.type, attempts, error }, 'parked');
    return { ...row, failed: error !== undefined, attempts, error: error ?? '', parkedAt: toTimestamp(clock.now()) };
  }

  private async laneWritten(subject: string): Promise<void> {
    const lane = this.options.lanes().of(subject);
    if (lane?.state === 'parked') await this.put(lane);
  }

  private async drain(subject: string): Promise<void> {
    const { lanes, records, consumer, signal } = this.options;
    await this.laneWritten(subject);
    while (!signal.aborted) {
      const row = await records.firstParked(consumer, subject);
      const lane = lanes().of(subject);
      if (row === undefined) return lane && lanes().resume(lane);
      const failure = await this.handleAgain(row);
      if (failure === undefined) await records.unpark(row);
      else {
        if (lane !== undefined) lane.parkedFrom = row.position;
        return records.keepFailure(failure);
      }
    }
  }

  /** Undefined when the event is dealt with. */
  private async handleAgain(row: ParkedRow): Promise<ParkedRow | undefined> {
    const { clock, logger, timeoutMs } = this.options;
    try {
      const event = await this.options.read(row);
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
    const { records, consumer, clock, logger } = this.options;
    const row = await records.firstParked(consumer, subject);
    if (row === undefined) return;
    const { position, sequence, error } = row;
    const discarded = { consumer, subject, position, sequence, error, reason, discardedAt: toTimestamp(clock.now()) };
    await records.discard(discarded);
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
