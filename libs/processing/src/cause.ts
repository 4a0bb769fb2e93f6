import type { BusEvent } from '@tillroll/event-bus';
import { uuid5 } from '@tillroll/kernel';
import type { Cause } from './aggregates';

/** The cause of a command that a consumer gives because of an event: the same event always gives the same command id. */
export function causedBy(event: BusEvent, consumer: string, ...distinct: readonly (string | number)[]): Cause {
  return {
    commandId: uuid5(event.id, consumer, ...distinct),
    correlationId: event.correlationId,
    causationId: event.id,
    actor: `system:${consumer}`,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
  };
}
