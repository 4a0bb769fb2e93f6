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

/** Commits how far a member has come, now and then while it comes further, all its partitions at once. */
export class OffsetCommits {
  private cancelTimer: (() => void) | undefined;
  private underway: Promise<void> | undefined;
  private readonly ended = new WeakSet<Membership>();

  constructor(private readonly options: OffsetCommitsOptions) {}

  soon(membership: Membership, intakes: ReadonlyMap<string, PartitionIntake>): void {
    if (this.cancelTimer !== undefined || this.ended.has(membership)) return;
    const { clock, everyMs } = this.options;
    this.cancelTimer = clock.wakeAt(clock.now() + everyMs, () => {
      this.cancelTimer = undefined;
      if (this.underway !== undefined) return this.soon(membership, intakes);
      void this.commit(membership, intakes.values()).then((isDone) => isDone || this.soon(membership, intakes));
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
    this.cancelTimer = undefined;
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
