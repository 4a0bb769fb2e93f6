import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { LogEvent } from './event-log';

/** What one event makes of one projection's documents. */
export interface Step {
  readonly position: number;
  readonly type: string;
  readonly outcome: { readonly event: BusEvent; readonly changes: readonly DocumentChange[] } | { readonly error: unknown };
}

export type ProjectionsByType = ReadonlyMap<string, readonly Projection[]>;

export function byType(projections: Iterable<Projection>): ProjectionsByType {
  const found = new Map<string, Projection[]>();
  for (const projection of projections)
    for (const type of Object.keys(projection.on)) {
      const sharing = found.get(type);
      if (sharing === undefined) found.set(type, [projection]);
      else sharing.push(projection);
    }
  return found;
}

/** The steps of each projection that has any, in the order of the events. */
export function planSteps(projections: ProjectionsByType, events: readonly LogEvent[]): ReadonlyMap<Projection, readonly Step[]> {
  const plans = new Map<Projection, Step[]>();
  for (const event of events)
    for (const projection of projections.get(event.type) ?? []) {
      const step = stepOf(projection, event);
      if (step === undefined) continue;
      const plan = plans.get(projection);
      if (plan === undefined) plans.set(projection, [step]);
      else plan.push(step);
    }
  return plans;
}

function stepOf(projection: Projection, logged: LogEvent): Step | undefined {
  const { type, position } = logged;
  try {
    const event = logged.read();
    const changes = projection.on[type]?.(event) ?? [];
    return changes.length === 0 ? undefined : { position, type, outcome: { event, changes } };
  } catch (error) {
    return { position, type, outcome: { error } };
  }
}
