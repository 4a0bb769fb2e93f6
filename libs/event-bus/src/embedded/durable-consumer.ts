import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import type { ConsumerRecords, ParkedRow } from '../consumers/consumer-records';
import { CompletionSequence } from '../consumers/completion-sequence';
import { KeyLanes } from '../consumers/key-lanes';
import type { Held } from '../consumers/lane';
import { Parking } from '../consumers/parking';
import { PositionWaiters } from '../consumers/position-waiters';
import type { Retry } from '../consumers/retry';
import { parkedEvent, storedEvent } from '../consumers/stored-event';
import type { BusLogger } from '../logger';
import type { Consumer, ParkedEvent } from '../port';
import type { Translator } from '../translate';
import type { BusTables } from './bus-tables';

export interface DurableConsumerOptions {
  readonly consumer: Consumer;
  readonly records: ConsumerRecords;
  readonly tables: BusTables;
  readonly store: EventStore;
  readonly translator: Translator;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: BusLogger;
  readonly retry: Retry;
  readonly inFlight: number;
  readonly mostHeld: number;
  readonly handlerTimeoutMs: number;
  readonly signal: AbortSignal;
  /** The consumer's position may have risen. */
  readonly progressed: () => void;
}

/** One consumer: what it holds, how far it is, what it has parked. Who feeds it is not its concern. */
export class DurableConsumer {
  readonly name: string;
  readonly types: ReadonlySet<string>;
  readonly waiters = new PositionWaiters();
  private readonly sequence: CompletionSequence;
  private readonly lanes: KeyLanes<RecordedEvent>;
  private readonly parking: Parking<RecordedEvent>;
  private readonly discarded: Set<number>;
  private held = 0;
  private readUpTo = 0;
  private roomWanted: (() => void) | undefined;

  constructor(private readonly options: DurableConsumerOptions) {
    const { consumer, tables, clock, random, retry, inFlight, handlerTimeoutMs: timeoutMs } = options;
    this.name = consumer.name;
    this.types = new Set(consumer.types);
    this.readUpTo = tables.positionOf(this.name) ?? 0;
    this.sequence = new CompletionSequence(this.readUpTo);
    this.discarded = new Set(tables.discardedBeyond(this.name, this.sequence.position));
    const handle = (event: RecordedEvent) => this.handle(event);
    const finished = (held: Held<RecordedEvent>) => this.finished(held);
    this.lanes = new KeyLanes({
      clock, random, retry, inFlight, timeoutMs, handle, finished,
      exhausted: (lane) => void this.parking.put(lane),
    });
    const read = (row: ParkedRow) => storedEvent(options.store, row);
    this.parking = new Parking({ ...options, consumer: this.name, lanes: () => this.lanes, timeoutMs, read, handle, finished });
    for (const { subject, position } of tables.firstOfEach(this.name)) this.lanes.addParked(subject, position);
  }

  /** Everything up to here has had its effect, or is parked. */
  get position(): number {
    return this.sequence.position;
  }

  /** Everything up to here was taken or is of no interest: the place to read on from. */
  get seen(): number {
    return this.readUpTo;
  }

  get hasRoom(): boolean {
    return this.held < this.options.mostHeld;
  }

  get parkedSubjects(): number {
    return this.lanes.parked;
  }

  /** Resolves when half of what may be held is free. */
  room(): Promise<void> {
    return this.hasRoom ? Promise.resolve() : new Promise((resolve) => (this.roomWanted = resolve));
  }

  /** Takes an event of its types, beyond what it has seen. */
  take(event: RecordedEvent): void {
    this.sequence.sawUpTo(this.readUpTo);
    this.readUpTo = event.position;
    const inHand = this.sequence.begin(event.position);
    if (this.discarded.delete(event.position) || this.lanes.wasBeforeParking(event)) return this.sequence.finish(inHand);
    this.held++;
    const parkedLane = this.lanes.add(event, inHand);
    if (parkedLane !== undefined) void this.parking.put(parkedLane);
  }

  /** Nothing of its types remains to be taken up to here. */
  sawUpTo(position: number): void {
    if (position > this.readUpTo) this.readUpTo = position;
    this.sequence.sawUpTo(position);
    if (!this.waiters.isEmpty) this.waiters.reached(this.position);
  }

  async stop(): Promise<void> {
    this.roomWanted?.();
    await this.lanes.stop();
    await this.parking.settled();
  }

  retry(subject: string): Promise<void> {
    return this.parking.retry(subject);
  }

  discard(subject: string, reason: string): Promise<void> {
    return this.parking.discard(subject, reason);
  }

  async parked(): Promise<readonly ParkedEvent[]> {
    const found: ParkedEvent[] = [];
    for (const row of this.options.tables.parked(this.name)) {
      const stored = await storedEvent(this.options.store, row);
      const event = stored && this.options.translator(stored);
      if (event !== undefined) found.push(parkedEvent(row, event));
    }
    return found;
  }

  private handle(event: RecordedEvent): Promise<void> {
    try {
      const onBus = this.options.translator(event);
      return onBus === undefined ? Promise.resolve() : this.options.consumer.handle(onBus);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private finished({ inHand }: Held<RecordedEvent>): void {
    this.held--;
    this.sequence.finish(inHand);
    this.sequence.sawUpTo(this.readUpTo);
    if (this.roomWanted !== undefined && this.held * 2 <= this.options.mostHeld) {
      const resolve = this.roomWanted;
      this.roomWanted = undefined;
      resolve();
    }
    if (!this.waiters.isEmpty) this.waiters.reached(this.position);
    this.options.progressed();
  }
}
