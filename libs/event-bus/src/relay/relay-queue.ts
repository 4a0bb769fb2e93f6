import type { Prepared } from './publisher';

export interface Queued {
  readonly position: number;
  /** Undefined: nothing to send, but everything up to the position has been seen. */
  readonly prepared: Prepared | undefined;
}

export interface Batch {
  readonly events: readonly Prepared[];
  readonly position: number;
}

/** Between the log and the bus: grows while a batch is on its way, and makes the reader wait when it is full. */
export class RelayQueue {
  private queued: Queued[] = [];
  private events = 0;
  private bytes = 0;
  private isClosed = false;
  private filled: (() => void) | undefined;
  private emptied: (() => void) | undefined;

  constructor(
    private readonly mostEvents: number,
    private readonly mostBytes: number,
  ) {}

  /** Resolves when there is room for more. */
  push(item: Queued): Promise<void> | void {
    if (this.isClosed) return;
    const last = this.queued.at(-1);
    if (item.prepared === undefined && last?.prepared === undefined) this.queued.pop();
    this.queued.push(item);
    this.count(item, 1);
    this.filled?.();
    if (this.events < this.mostEvents && this.bytes < this.mostBytes) return;
    return new Promise((resolve) => (this.emptied = resolve));
  }

  /** Nothing more comes, and nobody waits for room any more. */
  close(): void {
    this.isClosed = true;
    this.filled?.();
    this.emptied?.();
  }

  /** The next batch as soon as there is anything; undefined when nothing more comes or the signal aborts. */
  async take({ mostEvents, mostBytes }: { readonly mostEvents: number; readonly mostBytes: number }, signal: AbortSignal): Promise<Batch | undefined> {
    while (this.queued.length === 0) {
      if (this.isClosed || signal.aborted) return undefined;
      await this.something(signal);
    }
    const events: Prepared[] = [];
    let bytes = 0;
    let count = 0;
    for (const { prepared } of this.queued) {
      if (prepared !== undefined) {
        if (events.length > 0 && (events.length >= mostEvents || bytes + prepared.bytes > mostBytes)) break;
        events.push(prepared);
        bytes += prepared.bytes;
      }
      count++;
    }
    const taken = this.queued.splice(0, count);
    for (const item of taken) this.count(item, -1);
    this.emptied?.();
    this.emptied = undefined;
    return { events, position: taken.at(-1)?.position ?? 0 };
  }

  private something(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.filled = undefined;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.filled = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  private count({ prepared }: Queued, sign: 1 | -1): void {
    if (prepared === undefined) return;
    this.events += sign;
    this.bytes += sign * prepared.bytes;
  }
}
