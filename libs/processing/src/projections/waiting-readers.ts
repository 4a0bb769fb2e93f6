import type { Clock } from '@tillroll/kernel';

interface Waiting {
  readonly isReached: () => boolean;
  readonly end: (reached: boolean) => void;
}

/** Readers that wait for projections to get somewhere: woken by progress or by the end of their time, never polling. */
export class WaitingReaders {
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly clock: Clock) {}

  wait(isReached: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.clock.wakeAt(this.clock.now() + timeoutMs, () => waiting.end(false));
      const waiting: Waiting = {
        isReached,
        end: (reached) => {
          cancel();
          this.waiting.delete(waiting);
          resolve(reached);
        },
      };
      this.waiting.add(waiting);
    });
  }

  /** There was progress. */
  wake(): void {
    for (const waiting of this.waiting) if (waiting.isReached()) waiting.end(true);
  }

  /** Nobody will come any further. */
  endAll(): void {
    for (const waiting of this.waiting) waiting.end(false);
  }
}
