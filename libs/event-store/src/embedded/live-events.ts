import type { RecordedEvent, SubscriptionPage } from '../port';

/** So many undelivered events are kept for a slow subscriber; beyond, it reads the file again. */
const LARGEST_BACKLOG = 8_192;

/** What one live subscriber has yet to see. */
export interface LiveSubscriber {
  /**
   * Resolves with everything since the last call (at least a new position), or with undefined when the subscription
   * has ended or has fallen behind.
   */
  next(): Promise<SubscriptionPage | undefined>;
  leave(): void;
}

/** Hands each committed group to all live subscribers out of memory: the same event objects to every one of them. */
export class LiveEvents {
  private readonly backlogs = new Set<Backlog>();

  get wanted(): boolean {
    return this.backlogs.size > 0;
  }

  /** Sees everything that is published from now on. */
  join(prefixes: readonly string[] | undefined): LiveSubscriber {
    const backlog = new Backlog(prefixes);
    this.backlogs.add(backlog);
    return {
      next: () => backlog.next(),
      leave: () => {
        this.backlogs.delete(backlog);
        backlog.end();
      },
    };
  }

  publish(events: readonly RecordedEvent[], position: number): void {
    for (const backlog of this.backlogs) {
      if (!backlog.offer(events, position)) {
        this.backlogs.delete(backlog);
        backlog.end();
      }
    }
  }

  end(): void {
    for (const backlog of this.backlogs) backlog.end();
    this.backlogs.clear();
  }
}

class Backlog {
  private events: RecordedEvent[] = [];
  private position: number | undefined;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(private readonly prefixes: readonly string[] | undefined) {}

  /** False when it is full. */
  offer(events: readonly RecordedEvent[], position: number): boolean {
    const matching = this.prefixes === undefined ? events : events.filter((event) => this.matches(event));
    if (this.events.length + matching.length > LARGEST_BACKLOG && this.events.length > 0) return false;
    for (const event of matching) this.events.push(event);
    this.position = position;
    this.wake?.();
    return true;
  }

  async next(): Promise<SubscriptionPage | undefined> {
    if (this.position === undefined && !this.ended) {
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
    if (this.ended || this.position === undefined) return undefined;
    const page = { events: this.events, position: this.position };
    this.events = [];
    this.position = undefined;
    return page;
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  private matches(event: RecordedEvent): boolean {
    return this.prefixes?.some((prefix) => event.streamId.startsWith(prefix)) ?? true;
  }
}
