import { StoreUnavailable } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import { TryAgainLater } from '../port';
import type { InHand } from './completion-sequence';
import { type Arrived, type Held, type Lane, newLane } from './lane';
import { delayAfter, type Retry } from './retry';

export interface KeyLanesOptions<Event extends Arrived> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: Retry;
  /** So many subjects are handled at a time. */
  readonly inFlight: number;
  /** A handler that has not answered by then has failed, for good. */
  readonly timeoutMs: number;
  handle(event: Event): Promise<void>;
  /** The event has had its effect. */
  finished(held: Held<Event>): void;
  /** The lane's first event cannot be handled; the lane is parked with all that is in its queue. */
  exhausted(lane: Lane<Event>): void;
}

/** Of a timer on a busy machine. */
const TOLERATED_LATENESS_MS = 1_000;

/** Events in order per subject, many subjects at a time, with retries. */
export class KeyLanes<Event extends Arrived> {
  private readonly lanes = new Map<string, Lane<Event>>();
  private ready: Lane<Event>[] = [];
  private readyFrom = 0;
  private running = 0;
  private stopped = false;
  private watching = false;
  private readonly idle: (() => void)[] = [];

  constructor(private readonly options: KeyLanesOptions<Event>) {}

  /** Undefined when nothing of the subject is in hand. */
  of(subject: string): Lane<Event> | undefined {
    return this.lanes.get(subject);
  }

  get parked(): number {
    let count = 0;
    for (const lane of this.lanes.values()) if (lane.state === 'parked') count++;
    return count;
  }

  /** Returns the lane that the event now waits in, when that lane is parked. */
  add(event: Event, inHand: InHand): Lane<Event> | undefined {
    const lane = this.lanes.get(event.streamId);
    const held: Held<Event> = { event, inHand, attempts: 0, outages: 0 };
    if (lane !== undefined) {
      lane.queue.push(held);
      return lane.state === 'parked' ? lane : undefined;
    }
    const fresh = newLane<Event>(event.streamId, 'ready');
    fresh.queue.push(held);
    this.lanes.set(event.streamId, fresh);
    this.start(fresh);
    return undefined;
  }

  addParked(subject: string, position: number): void {
    this.lanes.set(subject, newLane(subject, 'parked', position));
  }

  /** It comes again although its subject got beyond it and was parked further on. */
  wasBeforeParking({ streamId, position }: Event): boolean {
    const lane = this.lanes.get(streamId);
    return lane?.state === 'parked' && position < lane.parkedFrom;
  }

  /** The subject of a parked lane flows again, with what waits in the queue. */
  resume(lane: Lane<Event>): void {
    if (lane.state !== 'parked' || this.lanes.get(lane.subject) !== lane) return;
    if (lane.queue.length === 0) this.lanes.delete(lane.subject);
    else this.start(lane);
  }

  /** Begins nothing more; resolves when what runs has ended. */
  stop(): Promise<void> {
    this.stopped = true;
    for (const lane of this.lanes.values()) lane.cancelWait?.();
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  private start(lane: Lane<Event>): void {
    if (this.running >= this.options.inFlight || this.stopped) {
      lane.state = 'ready';
      this.ready.push(lane);
    } else this.run(lane);
  }

  private startReady(): void {
    while (this.readyFrom < this.ready.length && this.running < this.options.inFlight && !this.stopped) {
      const lane = this.ready[this.readyFrom++];
      if (lane !== undefined) this.run(lane);
    }
    if (this.readyFrom === this.ready.length && this.readyFrom > 0) {
      this.ready = [];
      this.readyFrom = 0;
    }
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private run(lane: Lane<Event>): void {
    const held = lane.queue[0];
    if (held === undefined) return;
    this.running++;
    lane.state = 'running';
    lane.startedAt = this.options.clock.now();
    const attempt = ++lane.attempt;
    this.watch(lane.startedAt);
    this.options.handle(held.event).then(
      () => {
        if (lane.attempt === attempt) this.succeeded(lane, held);
      },
      (error: unknown) => {
        if (lane.attempt === attempt) this.failed(lane, held, error);
      },
    );
  }

  private succeeded(lane: Lane<Event>, held: Held<Event>): void {
    this.running--;
    lane.queue.shift();
    if (lane.queue.length === 0) this.lanes.delete(lane.subject);
    else this.start(lane);
    this.startReady();
    this.options.finished(held);
  }

  private failed(lane: Lane<Event>, held: Held<Event>, error: unknown): void {
    this.running--;
    const { retry } = this.options;
    if (isOutage(error)) this.wait(lane, ++held.outages);
    else {
      held.outages = 0;
      held.error = textOf(error);
      if (++held.attempts < retry.attempts) this.wait(lane, held.attempts);
      else this.park(lane);
    }
    this.startReady();
  }

  private wait(lane: Lane<Event>, failures: number): void {
    lane.state = 'waiting';
    if (this.stopped) return;
    const { clock, retry, random } = this.options;
    lane.cancelWait = clock.wakeAt(clock.now() + delayAfter(failures, retry, random()), () => {
      delete lane.cancelWait;
      this.start(lane);
    });
  }

  private park(lane: Lane<Event>): void {
    lane.state = 'parked';
    lane.parkedFrom = lane.queue[0]?.event.position ?? 0;
    this.options.exhausted(lane);
  }

  /**
   * One timer for all handlers that run, and none when none runs. When it comes at another time than was asked for, the
   * clock was set or the machine slept: nobody knows how long the handlers had, and all get their whole time again.
   */
  private watch(since: number): void {
    if (this.watching) return;
    this.watching = true;
    const { clock, timeoutMs } = this.options;
    const due = since + timeoutMs;
    clock.wakeAt(due, () => {
      this.watching = false;
      const now = clock.now();
      const isTimeKnown = Math.abs(now - due) <= TOLERATED_LATENESS_MS;
      let oldest = Number.POSITIVE_INFINITY;
      for (const lane of this.lanes.values()) {
        if (lane.state !== 'running') continue;
        if (!isTimeKnown) lane.startedAt = now;
        if (lane.startedAt + timeoutMs <= now) this.giveUp(lane);
        else oldest = Math.min(oldest, lane.startedAt);
      }
      if (oldest < Number.POSITIVE_INFINITY) this.watch(oldest);
      this.startReady();
    });
  }

  private giveUp(lane: Lane<Event>): void {
    const held = lane.queue[0];
    if (held === undefined || this.stopped) return;
    this.running--;
    lane.attempt++;
    held.attempts++;
    held.error = `no answer within ${this.options.timeoutMs} ms`;
    this.park(lane);
  }
}

export const isOutage = (error: unknown): boolean => error instanceof TryAgainLater || error instanceof StoreUnavailable;

/** Enough to see what went wrong; not the place for whole documents. */
const LONGEST_ERROR = 1_000;

export const textOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, LONGEST_ERROR);
