import type { HealthPart } from '@tillroll/http';
import type { DeadlinesRunner } from '@tillroll/processing';
import type { Engines } from './embedded-engines';

/** Positions that a consumer or projection may be behind before it counts as out. */
const FAR_BEHIND = 1_000_000;

/** The parts whose state decides whether the shop is ready. */
export const healthParts = ({ engine, bus, projections }: Engines, timers: DeadlinesRunner): readonly HealthPart[] => [
  { name: 'event-store', check: canWrite(engine) },
  {
    name: 'event-bus',
    check: async () => {
      const consumers = await bus.status();
      return { status: consumers.every(({ lag }) => lag < FAR_BEHIND) ? 'up' : 'down', consumers };
    },
  },
  {
    name: 'read-models',
    check: async () => {
      const status = await projections.status();
      return { status: status.some(({ failed }) => failed !== undefined) ? 'down' : 'up', projections: status };
    },
  },
  {
    name: 'deadlines',
    check: () => ({ status: 'up', deadlines: timers.status() }),
  },
];

/** Really writes: a transaction that changes nothing also succeeds on a full disk. */
function canWrite(engine: Engines['engine']): HealthPart['check'] {
  engine.define('CREATE TABLE IF NOT EXISTS write_probe (one INTEGER PRIMARY KEY CHECK (one = 1), writes INTEGER NOT NULL) STRICT');
  const probe = engine.prepare('INSERT INTO write_probe VALUES (1, 1) ON CONFLICT DO UPDATE SET writes = writes + 1');
  return async () => {
    await engine.write(() => probe.run());
    return { status: 'up' };
  };
}
