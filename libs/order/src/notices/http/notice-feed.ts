import type { Translator } from '@tillroll/event-bus';
import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { noticeOf } from '../read/notice';
import type { NoticeDocument } from '../read/notices-projection';

/** What a follower has not taken yet may wait here; beyond that its stream ends, and it resumes from its last event. */
const MOST_WAITING = 1000;

/** The log of orders, read once for all who follow their notices. */
export class NoticeFeed {
  readonly ready: Promise<void>;
  private readonly followers = new Map<string, Set<Follower>>();
  private readonly stopping = new AbortController();
  private begun: () => void = () => {};
  /** Followers have been given everything up to here. */
  private position = 0;

  constructor(
    private readonly store: EventStore,
    private readonly translate: Translator,
  ) {
    this.ready = new Promise((resolve) => (this.begun = resolve));
  }

  /** Resolves when the log cannot be read any further, or when it is stopped. */
  async run(): Promise<void> {
    try {
      this.position = await this.store.head();
      this.begun();
      for await (const page of this.store.subscribe({ after: this.position, prefixes: ['order-'], signal: this.stopping.signal })) {
        for (const event of page.events) this.tell(event);
        this.position = page.position;
      }
    } catch {
      this.stop();
    }
  }

  stop(): void {
    this.begun();
    this.stopping.abort();
    for (const followers of this.followers.values()) for (const follower of followers) follower.end();
  }

  join(customerId: string, signal: AbortSignal): Follower {
    const follower = new Follower(this.position);
    this.followers.set(customerId, (this.followers.get(customerId) ?? new Set<Follower>()).add(follower));
    if (signal.aborted || this.stopping.signal.aborted) follower.end();
    signal.addEventListener('abort', () => follower.end(), { once: true });
    return follower;
  }

  leave(customerId: string, follower: Follower): void {
    const followers = this.followers.get(customerId);
    followers?.delete(follower);
    if (followers?.size === 0) this.followers.delete(customerId);
  }

  get isDeserted(): boolean {
    return this.followers.size === 0;
  }

  private tell(recorded: RecordedEvent): void {
    const event = this.translate(recorded);
    const told = event === undefined ? undefined : noticeOf(event);
    if (told === undefined) return;
    const { customerId, notice } = told;
    for (const follower of this.followers.get(customerId) ?? []) follower.take({ ...notice, customerId, position: recorded.position });
  }
}

/** What came for one listener since it joined. */
export class Follower {
  private readonly waiting: NoticeDocument[] = [];
  private ended = false;
  private wake: () => void = () => {};

  /** `from`: what it is given comes after this position. */
  constructor(readonly from: number) {}

  take(notice: NoticeDocument): void {
    if (this.waiting.length >= MOST_WAITING) this.end();
    if (this.ended) return;
    this.waiting.push(notice);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async *notices(): AsyncIterable<NoticeDocument> {
    for (;;) {
      const next = this.waiting.shift();
      if (next !== undefined) yield next;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
