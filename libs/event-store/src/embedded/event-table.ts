import { crc32 } from 'node:zlib';
import { type EventData, type EventMetadata, type NewEvent, type RecordedEvent, StoreCorrupted } from '../port';
import { SNAPSHOT_SCHEMA } from './embedded-snapshot-cache';
import type { EmbeddedEngine } from './engine';
import type { Row } from './statement';

/** Where a stream stands. Replaced, never changed, when the stream does. */
export interface StreamHead {
  /** The stream's key in the tables; 0 while it has none. */
  readonly key: number;
  /** The revision of the last event, also when it was forgotten; -1 when there never was one. */
  readonly revision: number;
  /** The first revision since the stream was last deleted. */
  readonly base: number;
}

/** An event as it is written: the texts are what the checksum covers. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Serialises, and refuses what no adapter could store, before anything is written. */
export function encode(event: NewEvent): EncodedEvent {
  return { id: event.id, type: event.type, data: JSON.stringify(event.data), metadata: JSON.stringify(event.metadata) };
}

export function decode(streamId: string, revision: number, position: number, { id, type, data, metadata }: EncodedEvent): RecordedEvent {
  return { streamId, revision, position, id, type, data: JSON.parse(data) as EventData, metadata: JSON.parse(metadata) as EventMetadata };
}

const checksum = (streamId: string, revision: number, position: number, { id, type, data, metadata }: EncodedEvent): number =>
  crc32(`${position} ${revision} ${streamId} ${id} ${type} ${data}${metadata}`);

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS streams (
    key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    base INTEGER NOT NULL DEFAULT 0, first INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL, crc INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE TABLE IF NOT EXISTS log_end (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
`;

const COLUMNS = 'e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata, e.crc';
const FROM = 'FROM events e LEFT JOIN streams s ON s.key = e.stream';

/** The tables of the event store: every statement on them, and the checks on what comes back. */
export type EventTable = ReturnType<typeof eventTable>;

export function eventTable(engine: EmbeddedEngine) {
  engine.define(SCHEMA + SNAPSHOT_SCHEMA);
  const insertStream = engine.prepare('INSERT INTO streams (name) VALUES (?) RETURNING key');
  const insertEvent = engine.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const selectStream = engine.prepare('SELECT key, base, first, (SELECT max(revision) FROM events WHERE stream = key) AS last FROM streams WHERE name = ?');
  const selectIds = engine.prepare('SELECT id, position FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?');
  const selectForwards = engine.prepare(`SELECT ${COLUMNS} ${FROM} WHERE stream = ? AND revision >= ? AND position <= ? ORDER BY revision LIMIT ?`);
  const selectBackwards = engine.prepare(`SELECT ${COLUMNS} ${FROM} WHERE stream = ? AND revision <= ? AND position <= ? ORDER BY revision DESC LIMIT ?`);
  const selectLog = engine.prepare(`SELECT ${COLUMNS} ${FROM} WHERE position > ? AND position <= ? ORDER BY position`);
  const selectEnd = engine.prepare('SELECT max(coalesce((SELECT max(position) FROM events), 0), coalesce((SELECT position FROM log_end), 0)) AS position');
  const keepEnd = engine.prepare('INSERT INTO log_end VALUES (1, ?) ON CONFLICT DO UPDATE SET position = excluded.position');
  const cutStream = engine.prepare('UPDATE streams SET base = ?, first = ? WHERE key = ?');
  const deleteEvents = engine.prepare('DELETE FROM events WHERE stream = ? AND revision < ?');
  const dropSnapshot = engine.prepare('DELETE FROM snapshots WHERE stream = ?');
  const selectCut = engine.prepare('SELECT base, first FROM streams WHERE key = ?');

  /** Log pages restricted to prefixes; prepared once per set of prefixes of the same size. */
  const filtered = new Map<number, ReturnType<EmbeddedEngine['prepare']>>();
  function selectFilteredLog(count: number) {
    let statement = filtered.get(count);
    if (statement === undefined) {
      const matches = Array.from({ length: count }, () => '(s.name >= ? AND s.name < ?)').join(' OR ');
      statement = engine.prepare(`SELECT ${COLUMNS} ${FROM} WHERE position > ? AND position <= ? AND (s.name IS NULL OR ${matches}) ORDER BY position`);
      filtered.set(count, statement);
    }
    return statement;
  }

  function verified(row: Row): RecordedEvent {
    const position = Number(row.position);
    const revision = Number(row.revision);
    const name = String(row.name);
    const event = { id: String(row.id), type: String(row.type), data: String(row.data), metadata: String(row.metadata) };
    if (row.crc !== checksum(name, revision, position, event)) {
      throw new StoreCorrupted(`${engine.file} is corrupted: event ${revision} of stream ${name} (position ${position}) is not what was written`);
    }
    return decode(name, revision, position, event);
  }

  /** A lost row shows as a gap between neighbours. */
  function verifiedStream(streamId: string, rows: readonly Row[], first: number, step: 1 | -1): readonly RecordedEvent[] {
    return rows.map((row, index) => {
      const event = verified(row);
      if (event.revision !== first + index * step || event.streamId !== streamId) {
        throw new StoreCorrupted(`${engine.file} is corrupted: event ${first + index * step} of stream ${streamId} is missing`);
      }
      return event;
    });
  }

  return {
    head(streamId: string): StreamHead {
      const row = selectStream.get(streamId);
      if (row === undefined) return { key: 0, revision: -1, base: 0 };
      return { key: Number(row.key), base: Number(row.base), revision: row.last === null ? Number(row.first) - 1 : Number(row.last) };
    },

    addStream: (streamId: string): number => Number(insertStream.get(streamId)?.key),

    insert(streamId: string, key: number, revision: number, position: number, event: EncodedEvent): void {
      insertEvent.run(position, key, revision, event.id, event.type, event.data, event.metadata, checksum(streamId, revision, position, event));
    },

    /** Ids and positions of at most `limit` events from a revision on. */
    ids: (key: number, from: number, limit: number): readonly { readonly id: string; readonly position: number }[] =>
      selectIds.all(key, from, limit).map((row) => ({ id: String(row.id), position: Number(row.position) })),

    /** Up to a position of the log. */
    forwards(streamId: string, head: StreamHead, from: number, limit: number, upTo: number): readonly RecordedEvent[] {
      const start = Math.max(from, Number(selectCut.get(head.key)?.first ?? 0));
      return verifiedStream(streamId, selectForwards.all(head.key, start, upTo, limit), start, 1);
    },

    /** Up to a position of the log. */
    backwards(streamId: string, head: StreamHead, from: number, limit: number, upTo: number): readonly RecordedEvent[] {
      const rows = selectBackwards.all(head.key, from, upTo, limit);
      return verifiedStream(streamId, rows, Number(rows[0]?.revision), -1);
    },

    /** Events with `after < position <= upTo` of streams that begin with one of the prefixes (all when undefined). */
    log(after: number, upTo: number, prefixes: readonly string[] | undefined): readonly RecordedEvent[] {
      if (prefixes === undefined) return selectLog.all(after, upTo).map(verified);
      if (prefixes.length === 0) return [];
      const bounds = prefixes.flatMap((prefix) => [prefix, `${prefix}\u{10ffff}`]);
      return selectFilteredLog(prefixes.length).all(after, upTo, ...bounds).map(verified);
    },

    end: (): number => Number(selectEnd.get()?.position ?? 0),

    /** Forgets what is before `first`, keeping the log's end so that no position is given twice. */
    cut(streamId: string, head: StreamHead, base: number, first: number, end: number): void {
      dropSnapshot.run(streamId);
      keepEnd.run(end);
      cutStream.run(base, first, head.key);
      deleteEvents.run(head.key, first);
    },
  };
}
