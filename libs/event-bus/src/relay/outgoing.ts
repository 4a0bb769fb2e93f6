import type { RecordedEvent } from '@tillroll/event-store';
import { textOf } from '../consumers/key-lanes';
import type { Translator } from '../translate';
import type { LeftOut, Outgoing } from './publisher';

/**
 * The event for the bus. What cannot be translated goes without its data, and why: it is parked by those who want it,
 * and no other event waits for it. Undefined for what nobody publishes.
 */
export function outgoing(translator: Translator, event: RecordedEvent, leftOut?: string): Outgoing | undefined {
  try {
    const whole = translator.afresh(event);
    if (whole === undefined || leftOut === undefined) return whole;
    const { data: _, ...rest } = whole;
    return { ...rest, leftOut };
  } catch (error) {
    return untranslated(translator.typeOf(event) ?? '', event, textOf(error));
  }
}

function untranslated(type: string, { id, streamId, revision, position, metadata }: RecordedEvent, leftOut: string): LeftOut {
  const { time, correlationId, causationId, actor, traceparent } = metadata;
  return {
    id, type, context: type.split('.')[1] ?? '', visibility: 'internal', subject: streamId, sequence: revision, position, time,
    correlationId, causationId, actor, ...(traceparent === undefined ? undefined : { traceparent }), leftOut,
  };
}
