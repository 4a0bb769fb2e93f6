import type { EmbeddedEngine } from '@tillroll/event-store';
import type { CollectionIndex } from '../port';
import type { Generation, GenerationState } from '../projection-store';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS projection_generations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, projection TEXT NOT NULL, version INTEGER NOT NULL, indexes TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'candidate', 'previous', 'dropping')), position INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS projection_generations_by_projection ON projection_generations (projection, state);`;

const COLUMNS = 'id, projection, version, indexes, state, position';

/** The list of all generations. Functions named in the imperative belong inside `engine.write`. */
export interface GenerationsTable {
  all(): readonly Generation[];
  live(projection: string): Generation | undefined;
  get(id: number): Generation | undefined;
  /** Those whose documents are to be removed still. */
  dropping(): readonly Generation[];
  insert(options: Pick<Generation, 'projection' | 'version' | 'indexes' | 'state'>): Generation;
  setState(id: number, state: GenerationState | 'dropping'): void;
  setPosition(id: number, position: number): void;
  remove(id: number): void;
}

export function generationsTable(engine: Pick<EmbeddedEngine, 'define' | 'prepare'>): GenerationsTable {
  engine.define(SCHEMA);
  const all = engine.prepare(`SELECT ${COLUMNS} FROM projection_generations WHERE state <> 'dropping' ORDER BY id`);
  const live = engine.prepare(`SELECT ${COLUMNS} FROM projection_generations WHERE projection = ? AND state = 'live'`);
  const get = engine.prepare(`SELECT ${COLUMNS} FROM projection_generations WHERE id = ? AND state <> 'dropping'`);
  const dropping = engine.prepare(`SELECT ${COLUMNS} FROM projection_generations WHERE state = 'dropping'`);
  const insert = engine.prepare(
    `INSERT INTO projection_generations (projection, version, indexes, state, position) VALUES (?, ?, ?, ?, 0) RETURNING ${COLUMNS}`,
  );
  const setState = engine.prepare('UPDATE projection_generations SET state = ? WHERE id = ?');
  const setPosition = engine.prepare('UPDATE projection_generations SET position = ? WHERE id = ?');
  const remove = engine.prepare('DELETE FROM projection_generations WHERE id = ?');

  return {
    all: () => all.all().map(toGeneration),
    live: (projection) => optionalGeneration(live.get(projection)),
    get: (id) => optionalGeneration(get.get(id)),
    dropping: () => dropping.all().map(toGeneration),
    insert: ({ projection, version, indexes, state }) => toGeneration(insert.get(projection, version, JSON.stringify(indexes), state)),
    setState: (id, state) => void setState.run(state, id),
    setPosition: (id, position) => void setPosition.run(position, id),
    remove: (id) => void remove.run(id),
  };
}

type Row = Readonly<Record<string, unknown>>;

const optionalGeneration = (row: Row | undefined): Generation | undefined => (row === undefined ? undefined : toGeneration(row));

const toGeneration = (row: Row | undefined): Generation => ({
  id: Number(row?.['id']),
  projection: String(row?.['projection']),
  version: Number(row?.['version']),
  indexes: JSON.parse(String(row?.['indexes'])) as readonly CollectionIndex[],
  state: String(row?.['state']) as GenerationState,
  position: Number(row?.['position']),
});
