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
      const faults = engines.busFaults();
      const relays = engines.relays.map((relay) => relay.status());
      const consumers = await engines.bus.status();
      const isUp = faults.length === 0 && consumers.every(({ lag }) => lag < FAR_BEHIND);
      return { status: isUp ? 'up' : 'down', consumers, ...(relays.length === 0 ? {} : { faults, relays }) };
    },
  },
  {
    name: 'read-models',
    check: async () => {
      const projections = (await led.term?.projections.status()) ?? [];
      return { status: projections.some(({ failed }) => failed !== undefined) ? 'down' : 'up', projections };
    },
  },
  ...(engines.isAlone ? [] : [{ name: 'leadership', check: () => ({ status: 'up', leads: led.term !== undefined }) } satisfies HealthPart]),
  {
    name: 'deadlines',
    check: () => ({ status: 'up', deadlines: led.term?.timers.status() ?? [] }),
  },
  ...(isAudited ? [{ name: 'audit', check: () => led.term?.audit?.health.check() ?? { status: 'up' } } satisfies HealthPart] : []),
];
