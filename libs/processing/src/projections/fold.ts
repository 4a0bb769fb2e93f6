import type { BusEvent } from '@tillroll/event-bus';
import type { Document, DocumentChange, DocumentWrite, Guards, StoredDocument } from '@tillroll/read-models';
import type { Step } from './plan';

/** Where a projection stopped, and why. */
export interface ProjectionFailure {
  /** Of the event that it could not take; all events before it are in the documents. */
  readonly position: number;
  readonly eventType: string;
  readonly error: string;
}

export interface Folded {
  /** The documents that changed, each once. */
  readonly documents: readonly DocumentWrite[];
  readonly failure?: ProjectionFailure;
}

/** A document while a page of events is folded into it. */
interface Working {
  document: Document | undefined;
  readonly before: StoredDocument;
  /** Streams with events in this page. */
  readonly guards: Record<string, number>;
  changed: boolean;
}

/**
 * Guards protect against events that come again: those behind the last position that was kept, so of this page. Those
 * of streams that are not in it are kept only as far as this, so that no document grows with the number of its streams.
 */
const OLDER_GUARDS = 16;

const NEVER_WRITTEN: StoredDocument = { document: undefined, guards: {} };

/** Folds the steps into the documents as they are stored; ends at the first step that fails. */
export function fold(steps: readonly Step[], stored: ReadonlyMap<string, StoredDocument>): Folded {
  const working = new Map<string, Working>();
  let failure: ProjectionFailure | undefined;
  for (const step of steps) {
    try {
      if ('error' in step.outcome) throw step.outcome.error;
      applyEvent(step.outcome.event, step.outcome.changes, working, stored);
    } catch (error) {
      failure = failureAt(step, error);
      break;
    }
  }
  const documents: DocumentWrite[] = [];
  for (const [id, { document, changed, guards, before }] of working)
    if (changed && (document ?? before.document) !== undefined) documents.push({ id, document, guards: withOlder(guards, before.guards) });
  return failure === undefined ? { documents } : { documents, failure };
}

/** All changes of the event or, when one throws, none. */
function applyEvent(event: BusEvent, changes: readonly DocumentChange[], working: Map<string, Working>, stored: ReadonlyMap<string, StoredDocument>): void {
  const [first] = changes;
  if (first === undefined) return;
  if (changes.length === 1) {
    const present = workingOn(first.id, working, stored);
    if (isNew(event, present)) become(present, event, first.change(present.document));
    return;
  }
  const results = new Map<Working, Document | undefined>();
  for (const { id, change } of changes) {
    const present = workingOn(id, working, stored);
    if (results.has(present)) results.set(present, change(results.get(present)));
    else if (isNew(event, present)) results.set(present, change(present.document));
  }
  for (const [present, document] of results) become(present, event, document);
}

const isNew = ({ subject, sequence }: BusEvent, { guards, before }: Working): boolean => (guards[subject] ?? before.guards[subject] ?? -1) < sequence;

function become(present: Working, { subject, sequence }: BusEvent, document: Document | undefined): void {
  present.guards[subject] = sequence;
  if (document === present.document) return;
  present.document = document;
  present.changed = true;
}

function workingOn(id: string, working: Map<string, Working>, stored: ReadonlyMap<string, StoredDocument>): Working {
  let present = working.get(id);
  if (present === undefined) {
    const before = stored.get(id) ?? NEVER_WRITTEN;
    present = { document: before.document, before, guards: {}, changed: false };
    working.set(id, present);
  }
  return present;
}

function withOlder(guards: Readonly<Record<string, number>>, before: Guards): Guards {
  const older = Object.keys(before).filter((stream) => guards[stream] === undefined);
  if (older.length === 0) return guards;
  const all: Record<string, number> = {};
  for (const stream of older.slice(-OLDER_GUARDS)) all[stream] = before[stream] ?? -1;
  return Object.assign(all, guards);
}

export const failureAt = ({ position, type }: Step, error: unknown): ProjectionFailure => ({ position, eventType: type, error: textOf(error) });

export const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
