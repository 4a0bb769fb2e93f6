import { type EmbeddedEngine, StoreUnavailable } from '@tillroll/event-store';
import type { Clock, EpochMs } from '@tillroll/kernel';
import type { PersonalData } from '@tillroll/secrets';
import type { Begun, IdempotencyRecords, KeyUse, StoredAnswer } from './idempotency-records';

const DAY = 24 * 60 * 60_000;
/** So long a use is remembered. */
export const KEPT_MS = 7 * DAY;
const PURGE_EVERY_MS = 10 * 60_000;
/** Small enough that a purge never keeps other writes waiting for long. */
const PURGE_STEP = 500;

/** Answers are long and ids random: kept in the order of their coming, only the short ids are spread over many pages. */
export const IDEMPOTENCY_SCHEMA = `
  CREATE TABLE IF NOT EXISTS idempotency (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, begun_at INTEGER NOT NULL, answer TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (begun_at);
`;

interface Running {
  readonly fingerprint: string;
  /** Set once answered, while the answer is on its way to the disk. */
  answer?: StoredAnswer;
}

/**
 * Idempotency records in the shop's file. Answers may hold addresses, so they are sealed with the caller's key and go
 * with it. One process has the file, so which requests run now is known in memory.
 *
 * `begin` writes the record without waiting: writes reach the disk in the order of the calls, so it is there no later
 * than the events of the command that follows.
 */
export class EmbeddedIdempotencyRecords implements IdempotencyRecords {
  private readonly running = new Map<string, Running>();
  private readonly select;
  private readonly insert;
  private readonly update;
  private readonly remove;
  private readonly removeOld;
  private cancelPurge: (() => void) | undefined;

  constructor(
    private readonly engine: EmbeddedEngine,
    private readonly personalData: PersonalData,
    private readonly clock: Clock,
  ) {
    engine.define(IDEMPOTENCY_SCHEMA);
    this.select = engine.prepare('SELECT fingerprint, begun_at, answer FROM idempotency WHERE id = ?');
    this.insert = engine.prepare('INSERT OR REPLACE INTO idempotency (id, fingerprint, begun_at, answer) VALUES (?, ?, ?, NULL)');
    this.update = engine.prepare('UPDATE idempotency SET answer = ? WHERE id = ?');
    this.remove = engine.prepare('DELETE FROM idempotency WHERE id = ? AND answer IS NULL');
    this.removeOld = engine.prepare('DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency WHERE begun_at < ? ORDER BY begun_at LIMIT ?)');
  }

  begin(use: KeyUse): Begun | Promise<Begun> {
    const { id, fingerprint } = use;
    const running = this.running.get(id);
    if (running !== undefined) {
      if (running.fingerprint !== fingerprint) return { state: 'reused' };
      return running.answer === undefined ? { state: 'in_flight' } : { state: 'finished', answer: running.answer };
    }
    const now = this.clock.now();
    const kept = this.select.get(id);
    if (kept === undefined || Number(kept['begun_at']) < now - KEPT_MS) {
      this.running.set(id, { fingerprint });
      this.inBackground(() => this.insert.run(id, fingerprint, now));
      return { state: 'new' };
    }
    if (kept['fingerprint'] !== fingerprint) return { state: 'reused' };
    if (typeof kept['answer'] === 'string') return this.open(use, kept['answer']);
    this.running.set(id, { fingerprint });
    return { state: 'new' };
  }

  async finish({ id, customerId }: KeyUse, answer: StoredAnswer): Promise<boolean> {
    const running = this.running.get(id);
    if (running !== undefined) running.answer = answer;
    try {
      const sealed = await this.personalData.seal(customerId, answer);
      await this.engine.write(() => this.update.run(sealed, id), { throwsBeforeChanges: true });
      return true;
    } catch (error) {
      // A customer who was forgotten meanwhile has the answer all the same.
      return !(error instanceof StoreUnavailable);
    } finally {
      this.running.delete(id);
    }
  }

  forget({ id }: KeyUse): void {
    this.running.delete(id);
    this.inBackground(() => this.remove.run(id));
  }

  leaveOpen({ id }: KeyUse): void {
    this.running.delete(id);
  }

  /** Removes what is older than seven days, in small steps; resolves with how many there were. */
  async purge(): Promise<number> {
    const oldest: EpochMs = this.clock.now() - KEPT_MS;
    let removed = 0;
    for (;;) {
      const changes = await this.engine.write(() => this.removeOld.run(oldest, PURGE_STEP).changes);
      removed += changes;
      if (changes < PURGE_STEP) return removed;
    }
  }

  start(): void {
    this.cancelPurge = this.clock.wakeAt(this.clock.now() + PURGE_EVERY_MS, () => {
      const again = () => this.cancelPurge !== undefined && this.start();
      this.purge().then(again, again);
    });
  }

  stop(): void {
    this.cancelPurge?.();
    this.cancelPurge = undefined;
  }

  private async open({ id, customerId, fingerprint }: KeyUse, sealed: string): Promise<Begun> {
    const answer = await this.personalData.unseal<StoredAnswer>(customerId, sealed);
    if (answer !== undefined) return { state: 'finished', answer };
    if (this.running.has(id)) return { state: 'in_flight' };
    this.running.set(id, { fingerprint });
    return { state: 'new' };
  }

  /** `work` is one statement. */
  private inBackground(work: () => unknown): void {
    this.engine.write(work, { throwsBeforeChanges: true }).catch(() => {
      // Without its record a use is `new` again, and its command's own memory finds the first outcome.
    });
  }
}
