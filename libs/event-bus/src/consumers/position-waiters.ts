interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
}

/** Those who wait until a position is reached. */
export class PositionWaiters {
  private waiters: Waiter[] = [];

  get isEmpty(): boolean {
    return this.waiters.length === 0;
  }

  /** The returned function gives up waiting. */
  wait(position: number, resolve: () => void): () => void {
    const waiter: Waiter = { position, resolve };
    this.waiters.push(waiter);
    return () => {
      this.waiters = this.waiters.filter((other) => other !== waiter);
    };
  }

  reached(position: number): void {
    if (this.waiters.length === 0) return;
    const woken = this.waiters.filter((waiter) => waiter.position <= position);
    if (woken.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => waiter.position > position);
    for (const { resolve } of woken) resolve();
  }
}
