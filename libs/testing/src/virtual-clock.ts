import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, EpochMs } from '@tillroll/kernel';

interface Alarm {
  /** In time that has passed, which no setting of the clock changes. */
  readonly due: number;
  readonly callback: () => void;
}

/** Turns of the event loop after each wake-up: enough for a few group commits one after another. */
const TURNS = 20;

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  private readonly alarms = new Set<Alarm>();
  private passed = 0;

  /** `shown`: what the clock showed when no time had passed. */
  constructor(private shown: EpochMs = Date.UTC(2030, 0, 1, 12)) {}

  now(): EpochMs {
    return this.shown + this.passed;
  }

  wakeAt(at: EpochMs, callback: () => void): () => void {
    const alarm: Alarm = { due: this.passed + Math.max(0, at - this.now()), callback };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  /** How many wake-ups are set. */
  get pending(): number {
    return this.alarms.size;
  }

  /** When the next wake-up is due; undefined when none is set. */
  get next(): EpochMs | undefined {
    return this.alarms.size === 0 ? undefined : this.shown + Math.min(...[...this.alarms].map(({ due }) => due));
  }

  /**
   * Lets time pass. Wake-ups come in order, each at its own time, and what they set off gets some turns of the event
   * loop before the next one.
   */
  async advance(ms: number): Promise<void> {
    const end = this.passed + ms;
    await settle();
    for (let alarm = this.takeDue(end); alarm !== undefined; alarm = this.takeDue(end)) {
      this.passed = Math.max(this.passed, alarm.due);
      alarm.callback();
      await settle();
    }
    this.passed = end;
  }

  /** The machine's clock is set: time jumps, also backwards, and no wake-up comes earlier or later for it, as with a machine's timers. */
  jumpTo(time: EpochMs): void {
    this.shown = time - this.passed;
  }

  private takeDue(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.alarms) if (alarm.due <= end && (first === undefined || alarm.due < first.due)) first = alarm;
    if (first !== undefined) this.alarms.delete(first);
    return first;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}
