import type { EmbeddedEngine } from '@tillroll/event-store';
import { SecretDestroyed, type SecretStore } from '../port';

/**
 * Rows are added at the end of the table and never removed, so that no page of it is ever rebalanced: that could leave
 * copies behind. Destroying overwrites a value in place with as many zeros.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS secrets (key INTEGER PRIMARY KEY, value BLOB NOT NULL, name TEXT NOT NULL, destroyed INTEGER NOT NULL DEFAULT 0);
  CREATE UNIQUE INDEX IF NOT EXISTS secrets_by_name ON secrets (name);
`;

/** Secrets in the file of the embedded engine. */
export function openEmbeddedSecretStore(engine: EmbeddedEngine): SecretStore {
  engine.define(SCHEMA);
  const select = engine.prepare('SELECT value, destroyed FROM secrets WHERE name = ?');
  const insert = engine.prepare('INSERT INTO secrets (name, value, destroyed) VALUES (?, ?, ?)');
  const overwrite = engine.prepare('UPDATE secrets SET value = zeroblob(length(value)), destroyed = 1 WHERE name = ?');

  function find(name: string): Buffer | 'destroyed' | undefined {
    const row = select.get(name);
    if (row === undefined) return undefined;
    return row.destroyed === 1 ? 'destroyed' : Buffer.from(row.value as Uint8Array);
  }

  return {
    async get(name) {
      const found = find(name);
      return found === 'destroyed' ? undefined : found;
    },

    putIfAbsent: (name, value) =>
      engine.writeWithoutTraces(() => {
        const found = find(name);
        if (found === 'destroyed') throw new SecretDestroyed(name);
        if (found !== undefined) return found;
        insert.run(name, value, 0);
        return Buffer.from(value);
      }),

    async destroy(name) {
      await engine.writeWithoutTraces(() => {
        if (overwrite.run(name).changes === 0) insert.run(name, Buffer.alloc(0), 1);
      });
      await engine.scrub();
    },
  };
}
