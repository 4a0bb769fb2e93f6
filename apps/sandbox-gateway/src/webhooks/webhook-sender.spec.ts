import { VirtualClock } from '@tillroll/testing';
import { Chaos } from '../chaos/chaos';
import { seededRandom } from '../chaos/seeded-random';
import type { StoredWebhook } from '../ledger/ledger';
import type { Attempt } from './webhook-delivery';
import { WebhookSender, type WebhookStore } from './webhook-sender';

/** What is stored, in memory. */
class Stored implements WebhookStore {
  private rows: StoredWebhook[] = [];
  private last = 0;
  broken = false;

  add(count: number): readonly StoredWebhook[] {
    const added = Array.from({ length: count }, () => ({ number: ++this.last, id: `evt_${this.last}`, body: '{}' }));
    this.rows.push(...added);
    return added;
  }
  get numbers(): readonly number[] {
    return this.rows.map(({ number }) => number);
  }
  webhooks(after: number, limit: number): readonly StoredWebhook[] {
    if (this.broken) throw new Error('the disk is full');
    return this.rows.filter(({ number }) => number > after).slice(0, limit);
  }
  removeWebhook(number: number): void {
    this.rows = this.rows.filter((row) => row.number !== number);
  }
  async write<T>(work: () => T): Promise<T> {
    if (this.broken) throw new Error('the disk is full');
    return work();
  }
}

/** A merchant who takes what the test lets them take. */
class Merchant {
  readonly attempts: number[] = [];
  private waiting: ((attempt: Attempt) => void)[] = [];
  mood: 'takes' | 'refuses' | 'hangs' = 'takes';

  attempt({ number }: StoredWebhook): Promise<Attempt> {
    this.attempts.push(number);
    if (this.mood === 'hangs') return new Promise((resolve) => this.waiting.push(resolve));
    return Promise.resolve(this.mood === 'takes' ? { acknowledged: true, answer: '202' } : { acknowledged: false, answer: '401' });
  }
  answer(acknowledged: boolean): void {
    for (const resolve of this.waiting.splice(0)) resolve({ acknowledged, answer: '' });
  }
  async close(): Promise<void> {
    this.answer(false);
  }
}

function senderOf(window?: number) {
  const store = new Stored();
  const merchant = new Merchant();
  const clock = new VirtualClock();
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const sender = new WebhookSender({ store, delivery: merchant, clock, chaos: new Chaos(seededRandom(1)), warn, ...(window === undefined ? {} : { window }) });
  return { store, merchant, clock, sender, warnings };
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('sending stored webhooks', () => {
  it('begins with what was left over, and goes on with what is offered', async () => {
    const { store, merchant, clock, sender } = senderOf();
    store.add(2);
    sender.offer(store.add(1));
    expect(merchant.attempts).toEqual([]);
    sender.start();
    sender.offer(store.add(1));
    await clock.advance(1_000);
    expect(merchant.attempts).toEqual(upTo(4));
    expect(store.numbers).toEqual([]);
  });

  it('sends each once when there are more than it keeps in memory', async () => {
    const { store, merchant, clock, sender } = senderOf(3);
    merchant.mood = 'hangs';
    sender.start();
    sender.offer(store.add(5));
    expect(merchant.attempts).toEqual(upTo(3));
    sender.offer(store.add(2));
    merchant.mood = 'takes';
    merchant.answer(true);
    await clock.advance(1_000);
    sender.offer(store.add(1));
    await clock.advance(1_000);
    expect(merchant.attempts).toEqual(upTo(8));
    expect(store.numbers).toEqual([]);
  });

  it('sends a bounded number at once', () => {
    const { store, merchant, sender } = senderOf();
    merchant.mood = 'hangs';
    sender.start();
    sender.offer(store.add(100));
    expect(merchant.attempts).toEqual(upTo(16));
  });

  it('comes back to a refused one after half a second, then after twice as long, at most after a minute', async () => {
    const { store, merchant, clock, sender, warnings } = senderOf();
    merchant.mood = 'refuses';
    sender.start();
    sender.offer(store.add(1));
    for (const [wait, attempts] of [[499, 1], [1, 2], [999, 2], [1, 3], [1_999, 3], [1, 4]] as const) {
      await clock.advance(wait);
      expect(merchant.attempts).toHaveLength(attempts);
    }
    await clock.advance(3_600_000);
    const before = merchant.attempts.length;
    await clock.advance(60_000);
    expect(merchant.attempts).toHaveLength(before + 1);
    expect(warnings).toEqual(['webhook evt_1 was sent 3 times without being acknowledged (401); it is repeated until it is']);
    expect(store.numbers).toEqual([1]);
  });

  it('goes on once a broken store works again', async () => {
    const { store, merchant, clock, sender } = senderOf();
    store.add(2);
    store.broken = true;
    sender.start();
    await clock.advance(5_000);
    expect(merchant.attempts).toEqual([]);
    store.broken = false;
    await clock.advance(500);
    expect(merchant.attempts).toEqual([1, 2]);
    await clock.advance(200);
    expect(store.numbers).toEqual([]);
  });

  it('keeps what was not acknowledged when it is stopped, and writes down what was', async () => {
    const { store, merchant, sender } = senderOf();
    sender.start();
    sender.offer(store.add(1));
    await Promise.resolve();
    merchant.mood = 'hangs';
    sender.offer(store.add(1));
    await sender.stop();
    expect(store.numbers).toEqual([2]);
  });
});
