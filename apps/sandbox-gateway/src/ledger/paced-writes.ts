import type { WriteOptions } from '@tillroll/event-store';

/** Resolves once the work is on disk; works asked for in one turn of the event loop share a commit. */
export type Write = <T>(work: () => T, options?: WriteOptions) => Promise<T>;

/** Commits are at least so far apart, in milliseconds of the machine's time. */
export const PACE_MS = 8;

/**
 * Lets a busy ledger commit less often: the first turn's work goes at once, what comes shortly after it waits and goes
 * together. Each commit costs time of the thread and of the disk, and both may be shared with a whole shop.
 */
export class PacedWrites {
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private last = Number.NEGATIVE_INFINITY;
  private groupIsOpen = false;

  constructor(private readonly write: Write) {}

  readonly paced: Write = (work, options) => {
    const sinceLast = performance.now() - this.last;
    if (this.groupIsOpen || (this.timer === undefined && sinceLast >= PACE_MS)) {
      this.openGroup();
      return this.write(work, options);
    }
    this.timer ??= setTimeout(() => this.flush(), PACE_MS - sinceLast);
    return new Promise((resolve, reject) => {
      this.waiting.push(() => void this.write(work, options).then(resolve, reject));
    });
  };

  /** Hands over everything that waits, at once. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.openGroup();
    const waiting = this.waiting;
    this.waiting = [];
    for (const go of waiting) go();
  }

  private openGroup(): void {
    if (this.groupIsOpen) return;
    this.groupIsOpen = true;
    this.last = performance.now();
    setImmediate(() => {
      this.groupIsOpen = false;
    });
  }
}
