import type { EmbeddedEngine, WriteOptions } from '@tillroll/event-store/embedded/engine';
import type { EpochMs } from '@tillroll/kernel';
import type { Intent } from '../intents/intent';
import type { Refund } from '../intents/refund';
import { PacedWrites } from './paced-writes';
import { defineTables } from './tables';

export interface PageOfIntents {
  readonly intents: readonly Intent[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: number | undefined;
}

/** A message to the merchant, as it is stored. Numbers rise with every message and are never used again. */
export interface StoredWebhook {
  readonly number: number;
  readonly id: string;
  /** Exactly what is signed and sent. */
  readonly body: string;
}

/**
 * The provider's own books. Reading is immediate and sees what is committed; everything that changes them runs inside
 * {@link write}, where reading and changing is one step.
 */
export class Ledger {
  private readonly statements;

  private readonly writes: PacedWrites;

  constructor(private readonly engine: EmbeddedEngine) {
    defineTables(engine);
    this.writes = new PacedWrites((work, options) => engine.write(work, options));
    this.statements = {
      intent: engine.prepare('SELECT state FROM sandbox_intents WHERE id = ?'),
      intentOfKey: engine.prepare('SELECT state FROM sandbox_intents WHERE key = ?'),
      addIntent: engine.prepare('INSERT INTO sandbox_intents (id, key, order_id, wakes_at, state) VALUES (?, ?, ?, ?, ?)'),
      changeIntent: engine.prepare('UPDATE sandbox_intents SET wakes_at = ?, state = ? WHERE id = ?'),
      intents: engine.prepare('SELECT number, state FROM sandbox_intents WHERE number < ? ORDER BY number DESC LIMIT ?'),
      intentsOfOrder: engine.prepare(
        'SELECT number, state FROM sandbox_intents WHERE order_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
      ),
      due: engine.prepare('SELECT state FROM sandbox_intents WHERE wakes_at <= ? ORDER BY wakes_at LIMIT ?'),
      nextWake: engine.prepare('SELECT min(wakes_at) AS at FROM sandbox_intents WHERE wakes_at IS NOT NULL'),
      refund: engine.prepare('SELECT state FROM sandbox_refunds WHERE id = ?'),
      refundOfKey: engine.prepare('SELECT state FROM sandbox_refunds WHERE key = ?'),
      addRefund: engine.prepare('INSERT INTO sandbox_refunds (id, key, intent_id, state) VALUES (?, ?, ?, ?)'),
      addWebhook: engine.prepare('INSERT INTO sandbox_webhooks (id, body) VALUES (?, ?) RETURNING number'),
      webhooks: engine.prepare('SELECT number, id, body FROM sandbox_webhooks WHERE number > ? ORDER BY number LIMIT ?'),
      removeWebhook: engine.prepare('DELETE FROM sandbox_webhooks WHERE number = ?'),
    } as const;
  }

  /** Resolves once it is on disk. Work that throws changes nothing. */
  write<T>(work: () => T, options?: WriteOptions): Promise<T> {
    return this.writes.paced(work, options);
  }

  intent(id: string): Intent | undefined {
    return stateOf<Intent>(this.statements.intent.get(id));
  }

  intentOfKey(key: string): Intent | undefined {
    return stateOf<Intent>(this.statements.intentOfKey.get(key));
  }

  addIntent(intent: Intent, key: string): void {
    this.statements.addIntent.run(intent.id, key, intent.request.orderId, intent.wakesAt ?? null, JSON.stringify(intent));
  }

  changeIntent(intent: Intent): void {
    this.statements.changeIntent.run(intent.wakesAt ?? null, JSON.stringify(intent), intent.id);
  }

  /** Newest first. `before`: the {@link PageOfIntents.next} of the page before. */
  intents(query: { readonly orderId?: string; readonly before?: number; readonly limit: number }): PageOfIntents {
    const before = query.before ?? Number.MAX_SAFE_INTEGER;
    const rows =
      query.orderId === undefined
        ? this.statements.intents.all(before, query.limit + 1)
        : this.statements.intentsOfOrder.all(query.orderId, before, query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      intents: page.map((row) => parsed<Intent>(row.state)),
      next: rows.length > page.length && last !== undefined ? Number(last.number) : undefined,
    };
  }

  /** Intents that change by themselves at or before `at`, the longest overdue first. */
  due(at: EpochMs, limit: number): readonly Intent[] {
    return this.statements.due.all(at, limit).map((row) => parsed<Intent>(row.state));
  }

  /** When the next intent changes by itself. */
  nextWake(): EpochMs | undefined {
    const at = this.statements.nextWake.get()?.at;
    return typeof at === 'number' ? at : undefined;
  }

  refund(id: string): Refund | undefined {
    return stateOf<Refund>(this.statements.refund.get(id));
  }

  refundOfKey(key: string): Refund | undefined {
    return stateOf<Refund>(this.statements.refundOfKey.get(key));
  }

  addRefund(refund: Refund, key: string): void {
    this.statements.addRefund.run(refund.id, key, refund.request.intentId, JSON.stringify(refund));
  }

  addWebhook(id: string, body: string): StoredWebhook {
    return { number: Number(this.statements.addWebhook.get(id, body)?.number), id, body };
  }

  /** Messages not yet delivered, in the order in which they came about. */
  webhooks(after: number, limit: number): readonly StoredWebhook[] {
    return this.statements.webhooks
      .all(after, limit)
      .map(({ number, id, body }) => ({ number: Number(number), id: String(id), body: String(body) }));
  }

  removeWebhook(number: number): void {
    this.statements.removeWebhook.run(number);
  }

  close(): Promise<void> {
    this.writes.flush();
    return this.engine.close();
  }
}

const stateOf = <T>(row: Readonly<Record<string, unknown>> | undefined): T | undefined =>
  row === undefined ? undefined : parsed<T>(row.state);

/** Only {@link Ledger} writes these columns, so that their shape is known. */
const parsed = <T>(state: unknown): T => JSON.parse(String(state)) as T;
