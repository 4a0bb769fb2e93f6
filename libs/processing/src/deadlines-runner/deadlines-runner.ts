import { type BusLogger, silentLogger } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import type { Deadlines } from '../deadlines';
import type { ProjectionRunner } from '../projections/projection-runner';
import { type DeadlineDocument, deadlineProjection, deadlineProjectionName } from './deadline-projection';
import { DeadlineQueue, type LateDeadline } from './deadline-queue';

export interface DeadlinesRunnerOptions {
  readonly projections: ProjectionRunner;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  /** How many of a kind are carried out at a time. Default: 8. */
  readonly atOnce?: number;
  /** One that has not ended by then counts as failed. Default: 60 s. */
  readonly dueTimeoutMs?: number;
}

export interface ListedDeadline extends DeadlineDocument {
  readonly kind: string;
  /** Set when it was called and is still there. */
  readonly late?: LateDeadline;
}

export interface DeadlineStatus {
  readonly kind: string;
  /** Due and still there. */
  readonly overdue: number;
  /** Of these, some that were called in vain. */
  readonly late: readonly LateDeadline[];
}

const NAMED_IN_STATUS = 20;
const LISTED = 100;
/** Deadlines that events have cleared by now need not be called: so long is waited for their projection. */
const CATCH_UP_MS = 60_000;
const LONGEST_STOP_MS = 10_000;

/**
 * Calls `due` when deadlines are due. It may call more than once, also when an event has just cleared the deadline:
 * what `due` does must be harmless then.
 */
export class DeadlinesRunner {
  private readonly queues: DeadlineQueue[] = [];
  private stopObserving: (() => void)[] = [];
  private stopped = false;

  constructor(private readonly options: DeadlinesRunnerOptions) {}

  /** Before the start of the projections, which keep the deadlines. */
  register(kinds: readonly Deadlines[]): void {
    const { projections, readModels, clock, logger = silentLogger, atOnce = 8, dueTimeoutMs = 60_000 } = this.options;
    projections.register(kinds.map((deadlines) => deadlineProjection(deadlines)));
    for (const deadlines of kinds) this.queues.push(new DeadlineQueue({ deadlines, readModels, clock, logger, atOnce, dueTimeoutMs }));
  }

  /** After the start of the projections. Deadlines that events have cleared by now are not called. */
  async start(): Promise<void> {
    const head = await this.options.projections.head();
    for (const queue of this.queues) {
      const projection = deadlineProjectionName(queue.kind);
      this.stopObserving.push(this.options.projections.observe(projection, queue));
      void this.options.projections.caughtUp(head, CATCH_UP_MS, projection).then(() => this.stopped || queue.start());
    }
  }

  /** Calls no more, and waits for the calls in hand, but not for ever. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const stop of this.stopObserving) stop();
    const { clock } = this.options;
    const ended = Promise.all(this.queues.map((queue) => queue.stop()));
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAt(clock.now() + LONGEST_STOP_MS, resolve);
      void ended.then(cancel).then(resolve);
    });
  }

  /** The earliest deadlines, of one kind or of all. */
  async list(kind?: string, limit: number = LISTED): Promise<readonly ListedDeadline[]> {
    const queues = this.queues.filter((queue) => kind === undefined || queue.kind === kind);
    const found = await Promise.all(
      queues.map(async (queue) => {
        const documents = await this.options.readModels.find<DeadlineDocument>(deadlineProjectionName(queue.kind), { orderBy: 'at', direction: 'ascending', limit });
        return documents.map(({ document }): ListedDeadline => {
          const late = queue.lateness(document.key);
          return { kind: queue.kind, ...document, ...(late === undefined ? {} : { late }) };
        });
      }),
    );
    return found.flat().sort((a, b) => a.at - b.at).slice(0, limit);
  }

  status(): readonly DeadlineStatus[] {
    return this.queues.map((queue) => ({ kind: queue.kind, overdue: queue.overdue, late: [...queue.late()].slice(0, NAMED_IN_STATUS) }));
  }
}
