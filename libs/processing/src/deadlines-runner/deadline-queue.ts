import type { BusLogger } from '@tillroll/event-bus';
import type { Clock, EpochMs } from '@tillroll/kernel';
import type { DocumentWrite, Found, ReadModels } from '@tillroll/read-models';
import type { Deadlines } from '../deadlines';
import { textOf } from '../projections/fold';
import { type DeadlineDocument, deadlineProjectionName } from './deadline-projection';
import { EarliestFirst } from './earliest-first';

export interface DeadlineQueueOptions {
  readonly deadlines: Deadlines;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly logger: BusLogger;
  /** How many are carried out at a time. */
  readonly atOnce: number;
  /** One that has not ended by then counts as failed and is tried again. */
  readonly dueTimeoutMs: number;
}

/** A deadline that was called and is still there. */
export interface LateDeadline {
  readonly key: string;
  readonly at: EpochMs;
  /** How often it was called. */
  readonly attempts: number;
  readonly nextAttemptAt: EpochMs;
  /** What the last call threw; left out when it ended well and no event has cleared the deadline yet. */
  readonly error?: string;
}

interface Waiting {
  document: DeadlineDocument;
  attempts: number;
  nextAt: EpochMs;
  running: boolean;
  error: string | undefined;
}

const PAGE = 100;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** Timers run by time that passed: a clock that was set, or a machine that slept, is noticed after so long. */
const LONGEST_SLEEP_MS = 60_000;

const retryAfter = (attempts: number): number => Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);

/**
 * The deadlines of one kind: sleeps until the earliest, calls those that are due, and again those that are still there.
 * Only those that are due are in memory.
 */
export class DeadlineQueue {
  private readonly projection: string;
  /** Found to be due: being called, waiting for a free place, or to be called again. */
  private readonly waiting = new Map<string, Waiting>();
  private readonly order = new EarliestFirst<Waiting>();
  /** All stored deadlines up to this one were found. */
  private cursor: { readonly value: EpochMs; readonly id: string } | undefined;
  /** What changed while a page was being found: the page may be older. */
  private meanwhile: (readonly [string, DeadlineDocument | undefined])[] | undefined;
  /** Of the first deadline behind the cursor. */
  private upcoming: EpochMs | undefined = Number.NEGATIVE_INFINITY;
  private running = 0;
  private lastSeen: EpochMs;
  private state: 'idle' | 'at work' | 'called again' | 'stopped' = 'stopped';
  private cancelTimer: () => void = () => undefined;
  private readonly calls = new Set<Promise<void>>();

  constructor(private readonly options: DeadlineQueueOptions) {
    this.projection = deadlineProjectionName(options.deadlines.kind);
    this.lastSeen = options.clock.now();
  }

  get kind(): string {
    return this.options.deadlines.kind;
  }

  get overdue(): number {
    return this.waiting.size;
  }

  /** Those that were called and are still there. */
  *late(): Iterable<LateDeadline> {
    for (const waiting of this.waiting.values()) if (waiting.attempts > 0) yield asLate(waiting);
  }

  lateness(key: string): LateDeadline | undefined {
    const waiting = this.waiting.get(key);
    return waiting === undefined || waiting.attempts === 0 ? undefined : asLate(waiting);
  }

  start(): void {
    this.state = 'idle';
    this.wake();
  }

  /** Calls no more, and waits for the calls in hand. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.cancelTimer();
    await Promise.allSettled(this.calls);
  }

  changed(documents: readonly DocumentWrite[]): void {
    for (const { id, document } of documents) this.take(id, document as DeadlineDocument | undefined);
    this.wake();
  }

  /** Finds all of them anew. */
  replaced(): void {
    this.waiting.clear();
    this.order.clear();
    this.cursor = undefined;
    this.upcoming = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  private take(key: string, document: DeadlineDocument | undefined): void {
    this.meanwhile?.push([key, document]);
    const known = this.waiting.get(key);
    if (known !== undefined && document?.at === known.document.at) {
      known.document = document;
      return;
    }
    this.waiting.delete(key);
    if (document === undefined) return;
    const { cursor } = this;
    const isBehindCursor = cursor !== undefined && (document.at < cursor.value || (document.at === cursor.value && key <= cursor.id));
    if (isBehindCursor) this.found(document);
    else if (this.upcoming === undefined || document.at < this.upcoming) this.upcoming = document.at;
  }

  private found(document: DeadlineDocument): void {
    const waiting: Waiting = { document, attempts: 0, nextAt: document.at, running: false, error: undefined };
    this.waiting.set(document.key, waiting);
    this.order.push(waiting.nextAt, waiting);
  }

  private wake(): void {
    if (this.state === 'at work') this.state = 'called again';
    if (this.state !== 'idle') return;
    this.cancelTimer();
    this.state = 'at work';
    void this.work();
  }

  private async work(): Promise<void> {
    let sleepUntil: EpochMs | undefined;
    do {
      this.state = 'at work';
      try {
        sleepUntil = await this.callDue();
      } catch (error) {
        this.options.logger.warn({ kind: this.kind, error: textOf(error) }, 'cannot find out which deadlines are due');
        sleepUntil = this.options.clock.now() + FIRST_RETRY_MS;
      }
    } while (this.hasBeenCalledAgain());
    if (this.hasStopped()) return;
    this.state = 'idle';
    if (sleepUntil === undefined) return;
    const { clock } = this.options;
    this.cancelTimer = clock.wakeAt(Math.min(sleepUntil, clock.now() + LONGEST_SLEEP_MS), () => this.wake());
  }

  private hasBeenCalledAgain(): boolean {
    return this.state === 'called again';
  }

  private hasStopped(): boolean {
    return this.state === 'stopped';
  }

  /** Calls as many as are due and find a place. Returns when there is more to do; undefined: when something happens. */
  private async callDue(): Promise<EpochMs | undefined> {
    this.noticeClockSetBack();
    while (this.running < this.options.atOnce) {
      const now = this.options.clock.now();
      const next = this.nextWaiting();
      if (next !== undefined && next.nextAt <= now) {
        this.order.takeFirst();
        this.call(next);
      } else if (this.upcoming !== undefined && this.upcoming <= now) {
        await this.findDue(now);
        if (this.hasStopped()) return undefined;
      } else {
        return earlier(next?.nextAt, this.upcoming);
      }
    }
    return undefined;
  }

  private nextWaiting(): Waiting | undefined {
    for (;;) {
      const first = this.order.first;
      if (first === undefined) return undefined;
      const { entry, at } = first;
      if (this.waiting.get(entry.document.key) === entry && !entry.running && entry.nextAt === at) return entry;
      this.order.takeFirst();
    }
  }

  private async findDue(now: EpochMs): Promise<void> {
    const { cursor } = this;
    const meanwhile: (readonly [string, DeadlineDocument | undefined])[] = [];
    this.upcoming = undefined;
    this.meanwhile = meanwhile;
    try {
      const page = await this.options.readModels.find<DeadlineDocument>(this.projection, {
        orderBy: 'at', direction: 'ascending', limit: PAGE, ...(cursor === undefined ? {} : { after: cursor }),
      });
      if (this.cursor === cursor) this.takePage(page, now);
    } catch (error) {
      this.upcoming = Number.NEGATIVE_INFINITY;
      throw error;
    } finally {
      this.meanwhile = undefined;
      for (const [key, document] of meanwhile) this.take(key, document);
    }
  }

  private takePage(page: readonly Found<DeadlineDocument>[], now: EpochMs): void {
    for (const { id, document } of page) {
      if (document.at > now) {
        this.upcoming = earlier(this.upcoming, document.at);
        return;
      }
      this.cursor = { value: document.at, id };
      if (!this.waiting.has(id)) this.found(document);
    }
    if (page.length === PAGE) this.upcoming = now;
  }

  private call(waiting: Waiting): void {
    waiting.running = true;
    this.running++;
    const ended = (error: string | undefined) => {
      waiting.running = false;
      waiting.attempts++;
      waiting.error = error;
      this.running--;
      const { document: { key, at }, attempts } = waiting;
      if (this.waiting.get(key) === waiting) {
        waiting.nextAt = this.options.clock.now() + retryAfter(attempts);
        this.order.push(waiting.nextAt, waiting);
        if (error !== undefined) this.options.logger.warn({ kind: this.kind, key, at, attempts, error }, 'a deadline could not be carried out');
      }
      this.wake();
    };
    const { document } = waiting;
    const call = this.inTime(document).then(() => ended(undefined), (error: unknown) => ended(textOf(error)));
    this.calls.add(call);
    void call.finally(() => this.calls.delete(call));
  }

  private inTime({ key, at, data }: DeadlineDocument): Promise<void> {
    const { clock, deadlines, dueTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const cancel = clock.wakeAt(clock.now() + dueTimeoutMs, () => reject(new Error(`no answer within ${dueTimeoutMs / 1000} s`)));
      (async () => deadlines.due({ key, at, data }))().finally(cancel).then(resolve, reject);
    });
  }

  /** What waits for its next call would wait as much longer as the clock was set back. */
  private noticeClockSetBack(): void {
    const now = this.options.clock.now();
    const isSetBack = now < this.lastSeen;
    this.lastSeen = now;
    if (!isSetBack) return;
    for (const waiting of this.waiting.values()) {
      if (waiting.running || waiting.attempts === 0) continue;
      waiting.nextAt = Math.max(waiting.document.at, Math.min(waiting.nextAt, now + retryAfter(waiting.attempts)));
      this.order.push(waiting.nextAt, waiting);
    }
  }
}

const asLate = ({ document: { key, at }, attempts, nextAt, error }: Waiting): LateDeadline => ({
  key, at, attempts, nextAttemptAt: nextAt, ...(error === undefined ? {} : { error }),
});

const earlier = (a: EpochMs | undefined, b: EpochMs | undefined): EpochMs | undefined => (a === undefined || (b !== undefined && b < a) ? b : a);
