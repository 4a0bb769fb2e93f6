import type { DataOf, EventContract } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { uuid5 } from '@tillroll/kernel';
import type { Document, Projection } from '@tillroll/read-models';

/** An event on the bus with attributes that do not matter, save those that are given. */
export function busEvent<C extends EventContract>(contract: C, data: DataOf<C>, attributes: Partial<BusEvent> = {}): BusEvent {
  const id = uuid5('event', contract.type, JSON.stringify(data));
  return {
    id,
    type: contract.type,
    context: contract.context,
    visibility: contract.visibility,
    subject: `${contract.context}-1`,
    sequence: 0,
    position: 1,
    time: '2030-01-01T12:00:00.000Z',
    correlationId: id,
    causationId: id,
    actor: 'system:test',
    data,
    ...attributes,
  };
}

/** The documents that a projection makes of events, by id. */
export function projected<D extends Document>(projection: Projection<D>, events: readonly BusEvent[]): ReadonlyMap<string, D> {
  const documents = new Map<string, D>();
  for (const event of events)
    for (const { id, change } of projection.on[event.type]?.(event) ?? []) {
      const after = change(documents.get(id));
      if (after === undefined) documents.delete(id);
      else documents.set(id, after);
    }
  return documents;
}
