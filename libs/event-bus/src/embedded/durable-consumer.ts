import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import { CompletionSequence } from '../consumers/completion-sequence';
import { KeyLanes } from '../consumers/key-lanes';
import type { Held } from '../consumers/lane';
import { PositionWaiters } from '../consumers/position-waiters';
import type { Retry } from '../consumers/retry';
import type { BusLogger } from '../logger';
import type { Consumer, ParkedEvent } from '../port';
import type { Translator } from '../translate';
import type { BusEngine, BusTables } from './bus-tables';
import { Parking } from './parking';

export interface DurableConsumerOptions {
  readonly consumer: Consumer;
  readonly engine: BusEngine;
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
  private readonly lanes: KeyLanes;
  private readonly parking: Parking;
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
    const finished = (held: Held) => this.finished(held);
    this.lanes = new KeyLanes({
      clock, random, retry, inFlight, timeoutMs, handle, finished,
      exhausted: (lane) => void this.parking.put(lane),
    });
    this.parking = new Parking({ ...options, consumer: this.name, lanes: this.lanes, timeoutMs, handle, finished });
    for (const subject of tables.parkedSubjects(this.name)) this.lanes.addParked(subject);
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
    if (this.discarded.delete(event.position) || this.wasBeforeParking(event)) return this.sequence.finish(inHand);
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
      const stored = await this.parking.eventOf(row);
      const event = stored && this.options.translator(stored);
      if (event === undefined) continue;
      const { consumer, subject, error, attempts, parkedAt, failed } = row;
      found.push({ consumer, subject, event, error, attempts, parkedAt, failed });
    }
    return found;
  }

  /** Comes again after a crash although its subject got beyond it. */
  private wasBeforeParking({ streamId, position }: RecordedEvent): boolean {
    if (this.lanes.of(streamId)?.state !== 'parked') return false;
    const first = this.options.tables.firstParked(this.name, streamId);
    return first !== undefined && position < first.position;
  }

  private handle(event: RecordedEvent): Promise<void> {
    try {
      const onBus = this.options.translator(event);
      return onBus === undefined ? Promise.resolve() : this.options.consumer.handle(onBus);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private finished({ inHand }: Held): void {
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
