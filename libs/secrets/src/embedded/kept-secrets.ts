import type { EmbeddedEngine } from '@tillroll/event-store';

/** For moving secrets to another store. */
export interface KeptSecret {
  readonly name: string;
  /** Undefined: it was destroyed, and its name is not to be used again. */
  readonly value: Buffer | undefined;
}

const PAGE = 500;

/** All secrets in the file of the embedded engine, also destroyed ones, in the order of their coming. */
export function* keptSecrets(engine: Pick<EmbeddedEngine, 'prepare'>): Iterable<KeptSecret> {
  const page = engine.prepare('SELECT key, name, value, destroyed FROM secrets WHERE key > ? ORDER BY key LIMIT ?');
  for (let after = 0; ; ) {
    const rows = page.all(after, PAGE);
    for (const { name, value, destroyed } of rows) yield { name: String(name), value: destroyed === 1 ? undefined : Buffer.from(value as Uint8Array) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = Number(last['key']);
  }
}
