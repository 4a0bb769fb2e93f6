import { pageAnswer, type PageAnswer, type PageRequest } from '@tillroll/http';
import type { TimelineEntry } from '../read/timeline-projection';

/** A part of a timeline, oldest first. Events of several streams come in any order, so they are put in that of the log. */
export function timelinePage(entries: readonly TimelineEntry[], page: PageRequest): PageAnswer<unknown> {
  const after = page.after === undefined ? -1 : Number(page.after.value);
  const found = entries
    .filter(({ position }) => position > after)
    .toSorted((a, b) => a.position - b.position)
    .map((document) => ({ id: document.eventId, document }));
  return pageAnswer(page, found, 'position', ({ position: _, ...entry }) => entry);
}
