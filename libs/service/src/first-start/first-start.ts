import type { EventStore } from '@tillroll/event-store';
import { uuid5 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';

const ACTOR = 'system:first-start';

/** Nothing has happened but a first start, which may have been cut off: what it does is safe to do again. */
export async function isFirstStart(store: EventStore): Promise<boolean> {
  for await (const { events } of store.readAll({ after: 0 })) if (events.some(({ metadata }) => metadata.actor !== ACTOR)) return false;
  return true;
}

/** The same step always gives the same command, so that a step that was done is not done twice. */
export function causeOfStep(...step: readonly string[]): Cause {
  const commandId = uuid5('first-start', ...step);
  return { commandId, correlationId: commandId, causationId: commandId, actor: ACTOR };
}
