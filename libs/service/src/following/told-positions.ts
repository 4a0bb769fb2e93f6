import type { BusLogger } from '@tillroll/event-bus';
import type { FollowedPositions } from '@tillroll/read-models';

export interface ToldPositionsOptions {
  readonly positions: FollowedPositions;
  readonly service: string;
  readonly logger: BusLogger;
}

/** Bounds how late readers in other processes see what is there, and how often it is told. */
const PROMPTLY_MS = 20;
/** While nobody else reads. */
const IDLY_MS = 1_000;
const TELL_AGAIN_MS = 500;
const LOOK_FOR_READERS_MS = 2_000;
/** Readers say that they are there more often than this. */
const READERS_GONE_MS = 15_000;

/**
 * Tells the newest position, one at a time and not too often; promptly only while somebody in another process reads.
 * Real time on purpose: it decides nothing.
 */
export class ToldPositions {
  private newest = -1;
  private told = -1;
  private timer: NodeJS.Timeout | undefined;
  private telling = false;
  private ended = false;
  private attendance = -1;
  private readersSeenAt = Number.NEGATIVE_INFINITY;
  private readonly looking: NodeJS.Timeout;

  constructor(private readonly options: ToldPositionsOptions) {
    this.looking = setInterval(() => void this.lookForReaders(), LOOK_FOR_READERS_MS);
  }

  readonly reached = (position: number): void => {
    if (position <= this.newest || !Number.isFinite(position)) return;
    this.newest = position;
    this.arm(this.paceMs);
  };

  stop(): void {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.looking);
  }

  private get paceMs(): number {
    return performance.now() - this.readersSeenAt < READERS_GONE_MS ? PROMPTLY_MS : IDLY_MS;
  }

  private arm(afterMs: number): void {
    if (this.timer !== undefined || this.telling || this.ended || this.newest === this.told) return;
    this.timer = setTimeout(() => void this.tell(), afterMs);
  }

  private async tell(): Promise<void> {
    const { positions, service, logger } = this.options;
    const { newest } = this;
    this.timer = undefined;
    this.telling = true;
    let pauseMs = this.paceMs;
    try {
      await positions.tell(service, newest);
      this.told = newest;
    } catch (error) {
      pauseMs = TELL_AGAIN_MS;
      logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'cannot tell how far the documents are');
    }
    this.telling = false;
    this.arm(pauseMs);
  }

  private async lookForReaders(): Promise<void> {
    const { positions, service } = this.options;
    // Out of reach: those who were seen are believed for a while.
    const seen = await positions.attendance(service).catch(() => this.attendance);
    if (this.attendance !== -1 && seen !== this.attendance) this.readersSeenAt = performance.now();
    this.attendance = seen;
  }
}
