import type { HealthPart } from '@tillroll/http';
import type { Engines } from './engines/engines';
import type { ServiceLead } from './leading/service-lead';

/** Positions that a consumer or projection may be behind before it counts as out. */
const FAR_BEHIND = 1_000_000;

/** The parts whose state decides whether the service is ready. */
export const healthParts = (engines: Engines, led: ServiceLead, isAudited: boolean): readonly HealthPart[] => [
  ...engines.health,
  {
    name: 'event-bus',
    check: async () => {
      const consumers = await engines.bus.status();
      return { status: consumers.every(({ lag }) => lag < FAR_BEHIND) ? 'up' : 'down', consumers };
    },
  },
  {
    name: 'read-models',
    check: async () => {
      const projections = (await led.term?.projections.status()) ?? [];
      return { status: projections.some(({ failed }) => failed !== undefined) ? 'down' : 'up', projections };
    },
  },
  {
    name: 'deadlines',
    check: () => ({ status: 'up', deadlines: led.term?.timers.status() ?? [] }),
  },
  ...(isAudited ? [{ name: 'audit', check: () => led.term?.audit?.health.check() ?? { status: 'up' } } satisfies HealthPart] : []),
];
