import type { Clock } from '@tillroll/kernel';
import { textOf } from '../consumers/key-lanes';
import type { BusLogger } from '../logger';
import type { Membership } from './client-patches';
import type { PartitionIntake } from './partition-intake';

export interface OffsetCommitsOptions {
  readonly consumer: string;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly everyMs: number;
}

const PASSED_OVER_WITHIN_MS = 1_000;

/** Commits how far a member has come, now and then while it comes further, all its partitions at once. */
export class OffsetCommits {
  private cancelTimer: (() => void) | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private underway: Promise<void> | undefined;
  private readonly ended = new WeakSet<Membership>();

  constructor(private readonly options: OffsetCommitsOptions) {}

  /** Something was finished. */
  soon(membership: Membership, intakes: ReadonlyMap<string, PartitionIntake>): void {
    this.commitWithin(this.options.everyMs, membership, intakes);
  }

  /** Something was passed over: to read it again costs little, but nobody else knows that it is done. */
  later(membership: Membership, intakes: ReadonlyMap<string, PartitionIntake>): void {
    this.commitWithin(PASSED_OVER_WITHIN_MS, membership, intakes);
  }

  private commitWithin(ms: number, membership: Membership, intakes: ReadonlyMap<string, PartitionIntake>): void {
    const { clock, everyMs } = this.options;
    const at = clock.now() + ms;
    if (at >= this.dueAt || this.ended.has(membership)) return;
    this.cancelTimer?.();
    this.dueAt = at;
    this.cancelTimer = clock.wakeAt(at, () => {
      this.unset();
      if (this.underway !== undefined) return this.commitWithin(everyMs, membership, intakes);
      void this.commit(membership, intakes.values()).then((isDone) => isDone || this.commitWithin(everyMs, membership, intakes));
    });
  }

  /** The last commit of a membership. Resolves when it is done or has failed. */
  async finish(membership: Membership, intakes: Iterable<PartitionIntake>): Promise<void> {
    this.giveUp(membership);
    await this.underway;
    await this.commit(membership, intakes);
  }

  /** Nothing more is committed for this membership. */
  giveUp(membership: Membership): void {
    this.ended.add(membership);
    this.cancelTimer?.();
    this.unset();
  }

  private unset(): void {
    this.cancelTimer = undefined;
    this.dueAt = Number.POSITIVE_INFINITY;
  }

  /** False when it has to be tried again. */
  private async commit(membership: Membership, intakes: Iterable<PartitionIntake>): Promise<boolean> {
    const due = [...intakes].flatMap((intake) => {
      const { topic, partition, resumeAt, committed, logPosition } = intake;
      return resumeAt === undefined || resumeAt === committed ? [] : [{ intake, topic, partition, next: resumeAt, metadata: String(logPosition) }];
    });
    if (due.length === 0) return true;
    let isDone = true;
    this.underway = membership
      .commit(due)
      .then(
        () => due.forEach(({ intake, next }) => (intake.committed = next)),
        (error: unknown) => {
          isDone = false;
          this.options.logger.warn({ consumer: this.options.consumer, error: textOf(error) }, 'cannot commit offsets');
        },
      )
      .finally(() => (this.underway = undefined));
    await this.underway;
    return isDone;
  }
}
