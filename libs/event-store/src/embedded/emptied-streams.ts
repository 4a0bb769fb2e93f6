import type { EmptiedStream } from '../copy/copy-log';
import type { EmbeddedEngine } from './engine';

/** The streams of which no event is left: no reader of the log sees that they were there. */
export function emptiedStreams(engine: Pick<EmbeddedEngine, 'prepare'>): readonly EmptiedStream[] {
  const rows = engine
    .prepare('SELECT name, base, first FROM streams s WHERE first > 0 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.stream = s.key) ORDER BY name')
    .all();
  return rows.map(({ name, base, first }) => ({ streamId: String(name), next: Number(first), deleted: base === first }));
}
