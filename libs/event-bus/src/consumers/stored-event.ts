import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import type { BusEvent, ParkedEvent } from '../port';
import type { ParkedRow } from './consumer-records';

/** The stored event behind a row; undefined when its stream was deleted or truncated since. */
export async function storedEvent(store: EventStore, row: Pick<ParkedRow, 'subject' | 'sequence' | 'position'>): Promise<RecordedEvent | undefined> {
  for await (const page of store.readStream(row.subject, { from: row.sequence, limit: 1 }))
    for (const event of page) return event.revision === row.sequence && event.position === row.position ? event : undefined;
  return undefined;
}

export const parkedEvent = ({ consumer, subject, error, attempts, parkedAt, failed }: ParkedRow, event: BusEvent): ParkedEvent => ({
  consumer, subject, event, error, attempts, parkedAt, failed,
});
