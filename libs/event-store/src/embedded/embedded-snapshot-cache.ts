import { crc32 } from 'node:zlib';
import type { Snapshot, SnapshotCache } from '../snapshot-cache';
import type { EmbeddedEngine } from './engine';

/** Deleting or truncating a stream of the embedded event store drops its snapshot too. */
export const SNAPSHOT_SCHEMA = `
  CREATE TABLE IF NOT EXISTS snapshots (
    stream TEXT PRIMARY KEY, version INTEGER NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL, crc INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

export function openEmbeddedSnapshotCache(engine: EmbeddedEngine): SnapshotCache {
  engine.define(SNAPSHOT_SCHEMA);
  const select = engine.prepare('SELECT version, revision, state, crc FROM snapshots WHERE stream = ?');
  const upsert = engine.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)');
  const checksum = (streamId: string, version: number, revision: number, state: string) => crc32(`${streamId} ${version} ${revision} ${state}`);

  function read(streamId: string): Snapshot | undefined {
    const row = select.get(streamId);
    if (row === undefined) return undefined;
    const { version, revision, state } = { version: Number(row.version), revision: Number(row.revision), state: String(row.state) };
    return row.crc === checksum(streamId, version, revision, state) ? { version, revision, state: JSON.parse(state) } : undefined;
  }

  return {
    load: async (streamId) => read(streamId),
    save(streamId, { version, revision, state }) {
      const text = JSON.stringify(state);
      const write = () => upsert.run(streamId, version, revision, text, checksum(streamId, version, revision, text));
      engine.write(write, { throwsBeforeChanges: true }).catch(() => undefined);
      return text.length;
    },
  };
}
