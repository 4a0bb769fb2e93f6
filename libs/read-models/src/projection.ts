import type { BusEvent } from '@tillroll/event-bus';
import type { CollectionIndex, Document } from './port';

/** Pure: the document before (undefined: none) to the document after (undefined: delete it). */
export interface DocumentChange<D extends Document = Document> {
  readonly id: string;
  change(before: D | undefined): D | undefined;
}

/**
 * Writes documents and nothing else: it cannot send or call anything, so that it may be replayed at will.
 * Each document is a fold of the events of a few streams; the run time applies each event to it once and in order
 * per stream. Across streams no order is promised: changes caused by different streams must commute.
 */
export interface Projection<D extends Document = Document> {
  /** `<context>.<documents>`, for example `order.orders`. */
  readonly name: string;
  /** Raise it when the documents' shape changes: a rebuild beside the live one is then due. */
  readonly version: number;
  readonly indexes: readonly CollectionIndex[];
  /** Full event type to the changes that it makes. */
  readonly on: Readonly<Record<string, (event: BusEvent) => readonly DocumentChange<D>[]>>;
}
