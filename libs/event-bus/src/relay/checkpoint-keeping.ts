import type { Clock } from '@tillroll/kernel';
import { textOf } from '../consumers/key-lanes';
import type { BusLogger } from '../logger';
import type { RelayCheckpoints } from './relay-checkpoints';

/** A higher epoch has written the checkpoint. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

export interface CheckpointKeepingOptions {
  readonly name: string;
  readonly epoch: number;
  readonly checkpoints: RelayCheckpoints;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly superseded: (error: Superseded) => void;
}

const AT_MOST_EVERY_MS = 50;
/** Where nothing was published, reading a stretch of the log once more is cheap. */
const IDLE_AT_MOST_EVERY_MS = 5_000;

/** Writes the checkpoint of one term now and then, and learns from it when somebody else leads. */
export class CheckpointKeeping {
  private kept = 0;
  private reachedUpTo = 0;
  private dueAt = Number.POSITIVE_INFINITY;
  private cancelTimer: (() => void) | undefined;
  private writing: Promise<void> | undefined;
  private isOver = false;

  constructor(private readonly options: CheckpointKeepingOptions) {}

  /** Where to go on. From here on older epochs are refused. Rejects with {@link Superseded} when this one is older. */
  async claim(): Promise<number> {
    const { name, epoch, checkpoints } = this.options;
    this.kept = this.reachedUpTo = await checkpoints.get(name);
    if (!(await checkpoints.put(name, this.kept, epoch))) throw this.supersededNow();
    return this.kept;
  }

  reached(position: number, hasPublished: boolean): void {
    this.reachedUpTo = position;
    this.writeBy(this.options.clock.now() + (hasPublished ? AT_MOST_EVERY_MS : IDLE_AT_MOST_EVERY_MS));
  }

  /** Resolves when the last position is written, or could not be. */
  async stop(): Promise<void> {
    this.cancelTimer?.();
    await this.writing;
    if (!this.isOver) await this.write();
    this.isOver = true;
    this.cancelTimer?.();
  }

  private writeBy(at: number): void {
    if (at >= this.dueAt || this.isOver) return;
    this.cancelTimer?.();
    this.dueAt = at;
    this.cancelTimer = this.options.clock.wakeAt(at, () => {
      this.dueAt = Number.POSITIVE_INFINITY;
      if (this.writing !== undefined) return this.writeBy(this.options.clock.now() + AT_MOST_EVERY_MS);
      this.writing = this.write().finally(() => (this.writing = undefined));
    });
  }

  private async write(): Promise<void> {
    const { name, epoch, checkpoints, clock, logger, superseded } = this.options;
    const position = this.reachedUpTo;
    if (position === this.kept) return;
    try {
      if (await checkpoints.put(name, position, epoch)) this.kept = position;
      else superseded(this.supersededNow());
    } catch (error) {
      logger.warn({ relay: name, error: textOf(error) }, 'cannot keep the checkpoint of the relay');
      this.writeBy(clock.now() + AT_MOST_EVERY_MS);
    }
  }

  private supersededNow(): Superseded {
    this.isOver = true;
    const { name, epoch } = this.options;
    return new Superseded(`the relay of ${name} is led by somebody after epoch ${epoch}`);
  }
}
