import { uuid5 } from '@tillroll/kernel';
import type { EventMetadata, NewEvent } from '../port';

/** Streams in which a move of a whole store into another keeps what it is about and how far it is. */
export const MOVES = 'migration-';

const PLACEHOLDER = 'Forgotten';

/**
 * True for what a move has added to a log: its own stream, and the placeholders in front of streams that had been
 * truncated. They are nobody's events. A store may show placeholders in its log although their stream was truncated.
 */
export const isMarkOfMove = ({ streamId, type }: { readonly streamId: string; readonly type: string }): boolean =>
  type === PLACEHOLDER || streamId.startsWith(MOVES);

/** Stand for the events of a stream that were forgotten before it was moved, so that those behind keep their revisions. Always the same ones. */
export function placeholders(streamId: string, from: number, before: number, metadata: EventMetadata): readonly NewEvent[] {
  return Array.from({ length: Math.max(0, before - from) }, (_, index) => ({
    id: uuid5('placeholder', streamId, from + index),
    type: PLACEHOLDER,
    data: {},
    metadata,
  }));
}
