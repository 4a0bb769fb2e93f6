import type { RelayCheckpoints } from '../relay/relay-checkpoints';
import type { BusEngine } from './bus-tables';

export function embeddedRelayCheckpoints(engine: BusEngine): RelayCheckpoints {
  engine.define(`CREATE TABLE IF NOT EXISTS relay_checkpoints (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID`);
  const get = engine.prepare('SELECT position FROM relay_checkpoints WHERE name = ?');
  const put = engine.prepare(`INSERT INTO relay_checkpoints VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET position = excluded.position, epoch = excluded.epoch WHERE excluded.epoch >= epoch`);
  return {
    get: async (name) => Number(get.get(name)?.['position'] ?? 0),
    put: (name, position, epoch) => engine.write(() => put.run(name, position, epoch).changes > 0),
  };
}
