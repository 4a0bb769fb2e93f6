import type { BusEvent } from '../port';
import type { BusEngine } from './bus-tables';

/**
 * Runs the effect of an event on tables of the embedded engine, in the same write as the mark that it happened.
 * Resolves true when it happened now, false when it had happened before; rejects, with nothing written, when it throws.
 * `effect` is synchronous SQL only.
 */
export type OncePerEvent = (consumer: string, event: Pick<BusEvent, 'subject' | 'sequence'>, effect: () => void) => Promise<boolean>;

/** Relies on the order of the bus: one mark per consumer and subject, the sequence of the last event, is enough. */
export function oncePerEvent(engine: BusEngine): OncePerEvent {
  engine.define(`CREATE TABLE IF NOT EXISTS bus_effects (
    consumer TEXT NOT NULL, subject TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (consumer, subject)) WITHOUT ROWID`);
  const mark = engine.prepare(`INSERT INTO bus_effects VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence > sequence`);
  return (consumer, { subject, sequence }, effect) =>
    engine.write(() => {
      if (mark.run(consumer, subject, sequence).changes === 0) return false;
      effect();
      return true;
    });
}
