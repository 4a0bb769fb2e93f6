import type { HealthPart } from '@tillroll/http';
import type { DeadlinesRunner } from '@tillroll/processing';
import type { Engines } from './embedded-engines';

/** Positions that a consumer or projection may be behind before it counts as out. */
const FAR_BEHIND = 1_000_000;

/** The parts whose state decides whether the shop is ready. */
export const healthParts = ({ engine, bus, projections }: Engines, timers: DeadlinesRunner): readonly HealthPart[] => [
  {
    name: 'event-store',
    check: async () => {
      await engine.write(() => undefined);
      return { status: 'up' };
    },
  },
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
    check: async () => ({ status: 'up', deadlines: await timers.status() }),
  },
];
