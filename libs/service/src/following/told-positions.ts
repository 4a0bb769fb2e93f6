import type { BusLogger } from '@tillroll/event-bus';
import type { FollowedPositions } from '@tillroll/read-models';

export interface ToldPositionsOptions {
  readonly positions: FollowedPositions;
  readonly service: string;
  readonly logger: BusLogger;
}

/** Bounds how late readers in other processes see what is there, and how often it is told. */
const EVERY_MS = 20;
const TELL_AGAIN_MS = 500;

/** Tells the newest position, one at a time and not too often. Real time on purpose: it decides nothing. */
export class ToldPositions {
  private newest = -1;
  private told = -1;
  private timer: NodeJS.Timeout | undefined;
  private telling = false;
  private ended = false;

  constructor(private readonly options: ToldPositionsOptions) {}

  readonly reached = (position: number): void => {
    if (position <= this.newest || !Number.isFinite(position)) return;
    this.newest = position;
    this.arm(EVERY_MS);
  };

  stop(): void {
    this.ended = true;
    clearTimeout(this.timer);
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
    let pauseMs = EVERY_MS;
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
}
