interface Lane {
  readonly waiting: Set<string>;
  running: number;
}

export interface LanesOptions {
  /** Never rejects. */
  readonly work: (task: string) => Promise<void>;
  /** How many tasks of one lane run at a time. */
  readonly width: number;
  /** How many tasks of one lane wait at most. */
  readonly length: number;
}

/** Runs tasks in lanes that do not hold up each other. A task that is waiting or running is not taken twice. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly running = new Set<string>();
  private idle: (() => void)[] = [];

  constructor(private readonly options: LanesOptions) {}

  /** False when the lane is full: the task is not taken. */
  submit(name: string, task: string): boolean {
    const lane = this.lanes.get(name) ?? { waiting: new Set(), running: 0 };
    this.lanes.set(name, lane);
    if (this.running.has(task) || lane.waiting.has(task)) return true;
    if (lane.waiting.size >= this.options.length) return false;
    lane.waiting.add(task);
    this.runNext(name, lane);
    return true;
  }

  /** Forgets what waits; resolves when nothing runs any more. */
  async close(): Promise<void> {
    for (const lane of this.lanes.values()) lane.waiting.clear();
    if (this.running.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private runNext(name: string, lane: Lane): void {
    while (lane.running < this.options.width) {
      const [task] = lane.waiting;
      if (task === undefined) break;
      lane.waiting.delete(task);
      lane.running++;
      this.running.add(task);
      void this.options.work(task).finally(() => {
        lane.running--;
        this.running.delete(task);
        this.runNext(name, lane);
      });
    }
    if (lane.running === 0) this.lanes.delete(name);
    if (this.running.size === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}
