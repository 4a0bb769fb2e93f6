import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, EpochMs } from '@tillroll/kernel';

interface Alarm {
  readonly at: EpochMs;
  readonly callback: () => void;
}

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  private readonly alarms = new Set<Alarm>();

  constructor(private time: EpochMs = Date.UTC(2030, 0, 1, 12)) {}

  now(): EpochMs {
    return this.time;
  }

  wakeAt(at: EpochMs, callback: () => void): () => void {
    const alarm: Alarm = { at, callback };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  /** How many wake-ups are set. */
  get pending(): number {
    return this.alarms.size;
  }

  /** When the next wake-up is due; undefined when none is set. */
  get next(): EpochMs | undefined {
    return this.alarms.size === 0 ? undefined : Math.min(...[...this.alarms].map(({ at }) => at));
  }

  /**
   * Lets time pass. Wake-ups come in order, each at its own time, and what they set off gets a turn of the event loop
   * before the next one.
   */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await nextTurn();
    for (let due = this.takeDue(end); due !== undefined; due = this.takeDue(end)) {
      this.time = Math.max(this.time, due.at);
      due.callback();
      await nextTurn();
    }
    this.time = end;
  }

  /** The machine's clock is set: time jumps, also backwards, and no wake-up comes for it. */
  jumpTo(time: EpochMs): void {
    this.time = time;
  }

  private takeDue(end: EpochMs): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.alarms) if (alarm.at <= end && (first === undefined || alarm.at < first.at)) first = alarm;
    if (first !== undefined) this.alarms.delete(first);
    return first;
  }
}
