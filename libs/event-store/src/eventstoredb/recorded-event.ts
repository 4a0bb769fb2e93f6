import type { AllStreamRecordedEvent, AllStreamResolvedEvent, RecordedEvent as ClientEvent, ResolvedEvent } from '@eventstore/db-client';
import type { EventData, EventMetadata, RecordedEvent } from '../port';
import { safeInteger } from './safe-integer';

/**
 * The port's event, or undefined for what is no event of ours: system streams and types (`$…`, and with them metadata and links),
 * links that were resolved, data or metadata that is not a JSON object.
 */
export function recordedEvent({ event, link }: ResolvedEvent | AllStreamResolvedEvent): RecordedEvent | undefined {
  if (event === undefined || link !== undefined || !isOurs(event)) return undefined;
  return {
    streamId: event.streamId,
    revision: safeInteger(event.revision),
    position: positionOf(event),
    id: event.id,
    type: event.type,
    data: event.data as EventData,
    metadata: event.metadata as unknown as EventMetadata,
  };
}

/** The commit position, which every event has of its own. Throws a `RangeError` when the server does not tell it. */
export function positionOf({ position, streamId }: ClientEvent | AllStreamRecordedEvent): number {
  if (position === undefined) throw new RangeError(`the event store did not say where in the log an event of ${streamId} is`);
  return safeInteger(position.commit);
}

/** The position in the log of whatever is there, ours or not. */
export function logPositionOf({ event, link }: AllStreamResolvedEvent): number | undefined {
  const original = link ?? event;
  return original === undefined ? undefined : positionOf(original);
}

const isOurs = ({ streamId, type, isJson, data, metadata }: ClientEvent | AllStreamRecordedEvent): boolean =>
  !streamId.startsWith('$') && !type.startsWith('$') && isJson && isPlainObject(data) && isPlainObject(metadata);

const isPlainObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
