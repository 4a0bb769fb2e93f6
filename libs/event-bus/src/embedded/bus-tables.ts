import type { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import type { ParkedPlace, ParkedRow } from '../consumers/consumer-records';
import type { DiscardedEvent } from '../port';

/** What the bus needs of the engine. */
export type BusEngine = Pick<EmbeddedEngine, 'define' | 'prepare' | 'write'>;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS bus_positions (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bus_parked (
    consumer TEXT NOT NULL, subject TEXT NOT NULL, position INTEGER NOT NULL, sequence INTEGER NOT NULL,
    failed INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, parked_at TEXT NOT NULL,
    PRIMARY KEY (consumer, subject, position)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bus_discarded (
    consumer TEXT NOT NULL, position INTEGER NOT NULL, subject TEXT NOT NULL, sequence INTEGER NOT NULL,
    error TEXT NOT NULL, reason TEXT NOT NULL, discarded_at TEXT NOT NULL,
    PRIMARY KEY (consumer, position)) WITHOUT ROWID;`;

const PARKED = 'consumer, subject, position, sequence, failed, attempts, error, parked_at AS parkedAt';
const DISCARDED = 'consumer, subject, sequence, position, error, reason, discarded_at AS discardedAt';

/** The bus's rows in the embedded engine. Functions named in the imperative belong inside `engine.write`. */
export interface BusTables {
  positionOf(consumer: string): number | undefined;
  keepPosition(consumer: string, position: number): void;
  parked(consumer: string): readonly ParkedRow[];
  firstOfEach(consumer: string): readonly ParkedRow[];
  firstParked(consumer: string, subject: string): ParkedRow | undefined;
  /** Leaves the row as it is when the event is parked already. */
  park(row: ParkedRow): void;
  keepFailure(row: ParkedRow): void;
  unpark(row: ParkedPlace): void;
  discarded(consumer: string): readonly DiscardedEvent[];
  discardedBeyond(consumer: string, position: number): readonly number[];
  keepDiscarded(row: DiscardedEvent): void;
}

export function openBusTables(engine: BusEngine): BusTables {
  engine.define(SCHEMA);
  const position = engine.prepare('SELECT position FROM bus_positions WHERE consumer = ?');
  const keepPosition = engine.prepare('INSERT INTO bus_positions VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position');
  const parked = engine.prepare(`SELECT ${PARKED} FROM bus_parked WHERE consumer = ? ORDER BY subject, position`);
  const firstParked = engine.prepare(`SELECT ${PARKED} FROM bus_parked WHERE consumer = ? AND subject = ? ORDER BY position LIMIT 1`);
  const firstOfEach = engine.prepare(
    `SELECT ${PARKED} FROM bus_parked AS row WHERE consumer = ? AND position = (
      SELECT min(position) FROM bus_parked WHERE consumer = row.consumer AND subject = row.subject)`,
  );
  const park = engine.prepare('INSERT INTO bus_parked VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const keepFailure = engine.prepare(
    'UPDATE bus_parked SET failed = 1, attempts = ?, error = ?, parked_at = ? WHERE consumer = ? AND subject = ? AND position = ?',
  );
  const unpark = engine.prepare('DELETE FROM bus_parked WHERE consumer = ? AND subject = ? AND position = ?');
  const discarded = engine.prepare(`SELECT ${DISCARDED} FROM bus_discarded WHERE consumer = ? ORDER BY discarded_at, position`);
  const discardedBeyond = engine.prepare('SELECT position FROM bus_discarded WHERE consumer = ? AND position > ?');
  const keepDiscarded = engine.prepare('INSERT INTO bus_discarded VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');

  return {
    positionOf: (consumer) => numberOf(position.get(consumer)?.['position']),
    keepPosition: (consumer, at) => void keepPosition.run(consumer, at),
    parked: (consumer) => parked.all(consumer).map(toParked),
    firstOfEach: (consumer) => firstOfEach.all(consumer).map(toParked),
    firstParked(consumer, subject) {
      const row = firstParked.get(consumer, subject);
      return row === undefined ? undefined : toParked(row);
    },
    park: (row) =>
      void park.run(row.consumer, row.subject, row.position, row.sequence, row.failed ? 1 : 0, row.attempts, row.error, row.parkedAt),
    keepFailure: (row) => void keepFailure.run(row.attempts, row.error, row.parkedAt, row.consumer, row.subject, row.position),
    unpark: (row) => void unpark.run(row.consumer, row.subject, row.position),
    discarded: (consumer) => discarded.all(consumer).map(toDiscarded),
    discardedBeyond: (consumer, at) => discardedBeyond.all(consumer, at).map((row) => Number(row['position'])),
    keepDiscarded: (row) =>
      void keepDiscarded.run(row.consumer, row.position, row.subject, row.sequence, row.error, row.reason, row.discardedAt),
  };
}

type Row = Readonly<Record<string, unknown>>;

const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

const toParked = (row: Row): ParkedRow => ({
  consumer: String(row['consumer']),
  subject: String(row['subject']),
  position: Number(row['position']),
  sequence: Number(row['sequence']),
  failed: row['failed'] === 1,
  attempts: Number(row['attempts']),
  error: String(row['error']),
  parkedAt: String(row['parkedAt']),
});

const toDiscarded = (row: Row): DiscardedEvent => ({
  consumer: String(row['consumer']),
  subject: String(row['subject']),
  sequence: Number(row['sequence']),
  position: Number(row['position']),
  error: String(row['error']),
  reason: String(row['reason']),
  discardedAt: String(row['discardedAt']),
});
