import { LRUCache } from 'lru-cache';
import type { EmbeddedEngine } from '../../embedded/engine';
import type { Row } from '../../embedded/statement';

/** An event as the protocol carries it. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  /** Where its record begins: commit and prepare position in one. */
  readonly position: number;
  /** Where the next record begins. */
  readonly next: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** Where a stream stands. */
export interface StreamState {
  readonly key: number;
  /** -1 when nothing was ever written to it. */
  readonly last: number;
  readonly truncateBefore: number;
  readonly maxCount: number | undefined;
  readonly tombstoned: boolean;
}

/** The `$tb` of a deleted stream: 2^63 - 1, as near as JSON.parse gets. */
const DELETED = 2 ** 62;

export const isSoftDeleted = ({ truncateBefore }: StreamState): boolean => truncateBefore >= DELETED;

/** The first revision that readers of the stream see. */
export const firstVisible = ({ truncateBefore, maxCount, last }: StreamState): number => Math.max(truncateBefore, maxCount === undefined ? 0 : last - maxCount + 1);

export const metastreamOf = (stream: string): string => `$$${stream}`;

const isMetastream = (stream: string): boolean => stream.startsWith('$$');

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS double_streams (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, tombstoned INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS double_events (
    position INTEGER PRIMARY KEY, next INTEGER NOT NULL, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    json INTEGER NOT NULL, created INTEGER NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS double_events_by_stream ON double_events (stream, revision);
`;

const SELECT = 'SELECT e.position, e.next, s.name, e.revision, e.id, e.type, e.json, e.created, e.data, e.metadata FROM double_events e JOIN double_streams s ON s.key = e.stream';
/** A real log begins with a record of its own. */
const FIRST_POSITION = 1_127;
const CACHED_STREAMS = 50_000;

/** The double's log on disk: offsets of bytes as positions, so that a position in the middle of a record shows. */
export type Log = ReturnType<typeof openLog>;

export function openLog(engine: EmbeddedEngine) {
  engine.define(SCHEMA);
  const insertStream = engine.prepare('INSERT INTO double_streams (name) VALUES (?) RETURNING key');
  const insertEvent = engine.prepare('INSERT INTO double_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const selectStream = engine.prepare('SELECT key, tombstoned, (SELECT max(revision) FROM double_events WHERE stream = key) AS last FROM double_streams WHERE name = ?');
  const selectEnd = engine.prepare('SELECT next FROM double_events ORDER BY position DESC LIMIT 1');
  const selectIds = engine.prepare('SELECT id, position FROM double_events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?');
  const selectForwards = engine.prepare(`${SELECT} WHERE e.stream = ? AND e.revision >= ? AND e.position < ? ORDER BY e.revision LIMIT ?`);
  const selectBackwards = engine.prepare(`${SELECT} WHERE e.stream = ? AND e.revision <= ? AND e.position < ? ORDER BY e.revision DESC LIMIT ?`);
  const selectAllForwards = engine.prepare(`${SELECT} WHERE e.position >= ? AND e.position < ? ORDER BY e.position LIMIT ?`);
  const selectAllBackwards = engine.prepare(`${SELECT} WHERE e.position < ? ORDER BY e.position DESC LIMIT ?`);
  const selectBoundary = engine.prepare('SELECT 1 AS found FROM double_events WHERE position = ?');
  const bury = engine.prepare('UPDATE double_streams SET tombstoned = 1 WHERE key = ?');
  const states = new LRUCache<string, StreamState>({ max: CACHED_STREAMS });
  let end = Number(selectEnd.get()?.next ?? FIRST_POSITION);

  function state(stream: string): StreamState {
    let known = states.get(stream);
    if (known === undefined) {
      const row = selectStream.get(stream);
      const metadata = isMetastream(stream) ? {} : metadataOf(stream);
      known = { key: Number(row?.key ?? 0), last: Number(row?.last ?? -1), tombstoned: row?.tombstoned === 1, ...limits(metadata) };
      states.set(stream, known);
    }
    return known;
  }

  function metadataOf(stream: string): unknown {
    const row = selectStream.get(metastreamOf(stream));
    const [last] = row === undefined ? [] : selectBackwards.all(Number(row.key), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1);
    return last === undefined ? {} : JSON.parse(Buffer.from(last.data as Uint8Array).toString('utf8'));
  }

  return {
    state,

    /** The position that the next event gets. */
    end: (): number => end,

    /** Writes at the end of the stream, whatever its state. Only within a write of the engine. */
    write(stream: string, events: readonly ProposedEvent[], created: number): readonly LoggedEvent[] {
      const before = state(stream);
      const key = before.key === 0 ? Number(insertStream.get(stream)?.key) : before.key;
      const logged = events.map((event, index): LoggedEvent => {
        const position = end;
        const next = position + 128 + stream.length + event.type.length + event.data.length + event.metadata.length;
        end = next;
        insertEvent.run(position, next, key, before.last + 1 + index, event.id, event.type, event.isJson ? 1 : 0, created, event.data, event.metadata);
        return { ...event, stream, revision: before.last + 1 + index, position, next, created };
      });
      states.set(stream, { ...before, key, last: before.last + events.length });
      if (isMetastream(stream)) states.delete(stream.slice(2));
      return logged;
    },

    tombstone(stream: string): void {
      const { key } = state(stream);
      bury.run(key === 0 ? Number(insertStream.get(stream)?.key) : key);
      states.delete(stream);
    },

    ids: (stream: string, from: number, limit: number): readonly { readonly id: string; readonly position: number }[] =>
      selectIds.all(state(stream).key, from, limit).map((row) => ({ id: String(row.id), position: Number(row.position) })),

    /** Events before a position of the log. */
    forwards: (stream: string, from: number, limit: number, before: number): readonly LoggedEvent[] => selectForwards.all(state(stream).key, from, before, limit).map(logged),
    backwards: (stream: string, from: number, limit: number, before: number): readonly LoggedEvent[] => selectBackwards.all(state(stream).key, from, before, limit).map(logged),
    allForwards: (from: number, limit: number, before: number): readonly LoggedEvent[] => selectAllForwards.all(from, before, limit).map(logged),
    allBackwards: (before: number, limit: number): readonly LoggedEvent[] => selectAllBackwards.all(before, limit).map(logged),

    /** Whether a record begins (or the log ends) here. */
    isBoundary: (position: number): boolean => position <= FIRST_POSITION || position === end || selectBoundary.get(position) !== undefined,

    /** A group was undone: nothing that is remembered can be trusted. */
    forget(): void {
      states.clear();
      end = Number(selectEnd.get()?.next ?? FIRST_POSITION);
    },
  };
}

function limits(metadata: unknown): Pick<StreamState, 'truncateBefore' | 'maxCount'> {
  const { $tb: truncateBefore, $maxCount: maxCount } = metadata as { $tb?: number; $maxCount?: number };
  return { truncateBefore: truncateBefore ?? 0, maxCount };
}

const logged = (row: Row): LoggedEvent => ({
  position: Number(row.position),
  next: Number(row.next),
  stream: String(row.name),
  revision: Number(row.revision),
  id: String(row.id),
  type: String(row.type),
  isJson: row.json === 1,
  created: Number(row.created),
  data: row.data as Uint8Array,
  metadata: row.metadata as Uint8Array,
});
