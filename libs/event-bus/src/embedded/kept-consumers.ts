import type { BusEngine } from './bus-tables';

/** How far a consumer is, and whether it has left anything behind; for moving it to another place. */
export interface KeptConsumer {
  readonly name: string;
  /** Everything up to here has had its effect, or is parked. 0 for a consumer that never kept a position. */
  readonly position: number;
}

/** Every consumer of which the embedded engine knows anything. */
export function keptConsumers(engine: Pick<BusEngine, 'prepare'>): readonly KeptConsumer[] {
  const rows = engine
    .prepare(
      `SELECT name, coalesce((SELECT position FROM bus_positions WHERE consumer = name), 0) AS position FROM (
        SELECT consumer AS name FROM bus_positions UNION SELECT consumer FROM bus_parked UNION SELECT consumer FROM bus_discarded) ORDER BY name`,
    )
    .all();
  return rows.map(({ name, position }) => ({ name: String(name), position: Number(position) }));
}

/** Puts a consumer of the embedded bus where it is to go on, before the bus starts. */
export function placeConsumer(engine: Pick<BusEngine, 'prepare' | 'write'>, { name, position }: KeptConsumer): Promise<unknown> {
  const place = engine.prepare('INSERT INTO bus_positions VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position');
  return engine.write(() => place.run(name, position));
}
