import type { EmbeddedEngine } from '@tillroll/event-store';
import type { EpochMs } from '@tillroll/kernel';
import { IDEMPOTENCY_SCHEMA } from './embedded-idempotency-records';
import type { AdoptsUses, KeptUse } from './kept-uses';

const PAGE = 500;

/** Pages of the uses in the shop's file that began at a time or later, in the order of their coming. */
export function* embeddedKeptUses(engine: Pick<EmbeddedEngine, 'prepare'>, since: EpochMs): Iterable<readonly KeptUse[]> {
  const page = engine.prepare('SELECT number, id, fingerprint, begun_at, answer FROM idempotency WHERE number > ? AND begun_at >= ? ORDER BY number LIMIT ?');
  for (let after = 0; ; ) {
    const rows = page.all(after, since, PAGE);
    if (rows.length > 0)
      yield rows.map(({ id, fingerprint, begun_at: begunAt, answer }) => ({
        id: String(id),
        fingerprint: String(fingerprint),
        begunAt: Number(begunAt),
        ...(typeof answer === 'string' ? { answer } : {}),
      }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = Number(last['number']);
  }
}

export function embeddedAdoptsUses(engine: Pick<EmbeddedEngine, 'define' | 'prepare' | 'write'>): AdoptsUses {
  engine.define(IDEMPOTENCY_SCHEMA);
  const insert = engine.prepare('INSERT INTO idempotency (id, fingerprint, begun_at, answer) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  return {
    adopt: (uses) => engine.write(() => uses.forEach(({ id, fingerprint, begunAt, answer }) => insert.run(id, fingerprint, begunAt, answer ?? null))),
  };
}
