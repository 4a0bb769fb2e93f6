import type { WriteOptions } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import type { Chaos } from '../chaos/chaos';
import type { StoredWebhook } from '../ledger/ledger';
import type { WebhookDelivery } from './webhook-delivery';

/** What the sender needs of the ledger. */
export interface WebhookStore {
  webhooks(after: number, limit: number): readonly StoredWebhook[];
  removeWebhook(number: number): void;
  write<T>(work: () => T, options?: WriteOptions): Promise<T>;
}

export interface WebhookSenderOptions {
  readonly store: WebhookStore;
  readonly delivery: WebhookDelivery;
  readonly clock: Clock;
  readonly chaos: Chaos;
  /** Told once of each message that is refused again and again. */
  readonly warn?: (message: string) => void;
  /** So many messages are kept in memory, the others wait in the store. Default: 5,000. */
  readonly window?: number;
}

/** Deliveries under way at once. */
const CONCURRENCY = 16;
const DEFAULT_WINDOW = 5_000;
/** A delivery that failed is repeated after this, doubled with every failure. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
const FAILURES_WORTH_A_WARNING = 3;
/** A message that chaos holds back goes when a later one has gone, or after this. One at a time: if all were held back, none would be overtaken. */
const HOLD_BACK_MS = 1_000;
/** Finished deliveries are written down together after so long. */
const BOOKKEEPING_MS = 200;

interface Entry extends StoredWebhook {
  failures: number;
}

/**
 * Sends stored messages until each is acknowledged. Order is not promised. That a delivery is finished is written down
 * a little later, so that a crash may repeat it.
 */
export class WebhookSender {
  private readonly ready: Entry[] = [];
  private readonly heldBack = new Set<Entry>();
  private readonly timers = new Set<() => void>();
  private finished: number[] = [];
  private inMemory = 0;
  private sending = 0;
  /** Every stored message up to this number is in memory or finished. */
  private taken = 0;
  private moreInStore = true;
  private running = false;
  private bookkeeping: Promise<void> = Promise.resolve();
  private bookkeepingDue = false;

  private readonly window: number;

  constructor(private readonly options: WebhookSenderOptions) {
    this.window = options.window ?? DEFAULT_WINDOW;
  }

  /** Sends what is stored, and then what is offered. */
  start(): void {
    this.running = true;
    this.pump();
  }

  /** Ends deliveries under way; they are repeated after the next start. */
  async stop(): Promise<void> {
    this.running = false;
    for (const cancel of this.timers) cancel();
    await this.options.delivery.close();
    this.keepBooks();
    await this.bookkeeping;
  }

  /** Messages that have just been stored. */
  offer(webhooks: readonly StoredWebhook[]): void {
    for (const webhook of webhooks) {
      if (this.running && !this.moreInStore && this.inMemory < this.window) this.take(webhook);
      else this.moreInStore = true;
    }
    this.pump();
  }

  private take(webhook: StoredWebhook): void {
    if (webhook.number <= this.taken) return;
    this.taken = webhook.number;
    this.inMemory++;
    this.admit({ ...webhook, failures: 0 });
  }

  private admit(entry: Entry): void {
    const fate = this.options.chaos.fateOfWebhook();
    if (fate.drop) return this.finish(entry);
    if (fate.duplicate) this.after(fate.delayMs, () => void this.options.delivery.attempt(entry));
    if (fate.holdBack && this.heldBack.size === 0) this.holdBack(entry, fate.delayMs);
    else this.after(fate.delayMs, () => this.ready.push(entry));
  }

  private holdBack(entry: Entry, delayMs: number): void {
    this.heldBack.add(entry);
    this.after(delayMs + HOLD_BACK_MS, () => this.letGo(entry));
  }

  private letGo(entry: Entry): void {
    if (this.heldBack.delete(entry)) this.ready.push(entry);
  }

  private pump(): void {
    if (!this.running) return;
    if (this.moreInStore && this.ready.length === 0) this.refill();
    for (let entry = this.next(); entry !== undefined; entry = this.next()) void this.send(entry);
  }

  private next(): Entry | undefined {
    return this.sending < CONCURRENCY ? this.ready.shift() : undefined;
  }

  private refill(): void {
    const room = this.window - this.inMemory;
    if (room <= 0) return;
    try {
      const stored = this.options.store.webhooks(this.taken, room);
      this.moreInStore = stored.length === room;
      for (const webhook of stored) this.take(webhook);
    } catch {
      this.after(FIRST_RETRY_MS, () => undefined);
    }
  }

  private async send(entry: Entry): Promise<void> {
    this.sending++;
    const { acknowledged, answer } = await this.options.delivery.attempt(entry);
    this.sending--;
    if (acknowledged) this.finish(entry);
    else this.retry(entry, answer);
    for (const held of this.heldBack) if (held.number < entry.number) this.letGo(held);
    this.pump();
  }

  private retry(entry: Entry, answer: string): void {
    const delay = Math.min(FIRST_RETRY_MS * 2 ** entry.failures, LONGEST_RETRY_MS);
    entry.failures++;
    if (entry.failures === FAILURES_WORTH_A_WARNING)
      this.options.warn?.(`webhook ${entry.id} was sent ${entry.failures} times without being acknowledged (${answer}); it is repeated until it is`);
    this.after(delay, () => this.ready.push(entry));
  }

  private finish(entry: Entry): void {
    this.inMemory--;
    this.finished.push(entry.number);
    if (this.bookkeepingDue) return;
    this.bookkeepingDue = true;
    this.after(BOOKKEEPING_MS, () => this.keepBooks());
  }

  private keepBooks(): void {
    this.bookkeepingDue = false;
    const { store } = this.options;
    const numbers = this.finished;
    if (numbers.length === 0) return;
    this.finished = [];
    this.bookkeeping = store.write(() => numbers.forEach((number) => store.removeWebhook(number)), { throwsBeforeChanges: true }).catch(() => {
      this.finished.push(...numbers);
    });
  }

  /** Does it at once when there is nothing to wait for. */
  private after(ms: number, act: () => void): void {
    if (ms === 0) return act();
    if (!this.running) return;
    const { clock } = this.options;
    const cancel = clock.wakeAt(clock.now() + ms, () => {
      this.timers.delete(cancel);
      act();
      this.pump();
    });
    this.timers.add(cancel);
  }
}
