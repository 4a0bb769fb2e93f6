import type { Clock, EpochMs } from '@tillroll/kernel';

/** Time stands still until it is moved; what was to happen meanwhile happens then, in its order. */
export class VirtualClock implements Clock {
  private alarms: { readonly at: EpochMs; readonly ring: () => void }[] = [];

  constructor(private present: EpochMs = Date.parse('2026-01-01T00:00:00Z')) {}

  now(): EpochMs {
    return this.present;
  }

  wakeAt(at: EpochMs, callback: () => void): () => void {
    const alarm = { at, ring: callback };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  advance(ms: number): void {
    const end = this.present + ms;
    for (let next = this.nextUntil(end); next !== undefined; next = this.nextUntil(end)) {
      this.alarms = this.alarms.filter((other) => other !== next);
      this.present = Math.max(this.present, next.at);
      next.ring();
    }
    this.present = end;
  }

  /** Moves on in steps, letting other work go on in between, until the condition holds. */
  async advanceUntil(condition: () => boolean, stepMs = 100): Promise<void> {
    while (!condition()) {
      this.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  private nextUntil(end: EpochMs) {
    return this.alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
