import type { Clock } from '@tillroll/kernel';
import { type EventMetadata, type EventStore, type ExpectedRevision, type NewEvent, type RecordedEvent, WrongExpectedRevision } from '../port';
import { InOrderAppends, type PlannedAppend } from './in-order-appends';
import { isMarkOfMove, placeholders } from './marks-of-a-move';

export interface CopyOptions {
  readonly source: Pick<EventStore, 'readAll'>;
  readonly target: EventStore;
  readonly clock: Clock;
  /** The last revision of each stream that the target has already. */
  readonly present: ReadonlyMap<string, { readonly last: number }>;
  /** Positions of the source, rising: all up to one of them is written before anything behind it is begun. */
  readonly barriers: readonly number[];
  /** How long a target that cannot be reached is asked again. */
  readonly patienceMs: number;
  /** After each append that is written: its events, and how many streams have been begun. */
  readonly onWritten: (events: number, streams: number) => void;
}

const AT_ONCE = 200;
const LARGEST_APPEND = 50;
/** EventStoreDB takes 1 MiB an append; a character is up to three bytes. */
const LARGEST_TEXT = 200_000;
const PLACEHOLDERS_AT_ONCE = 500;

/**
 * Copies every event that the target does not have, in the order of the source's log, with its id, type, data, metadata
 * and revision. Repeated after any end, it goes on. A stream that was truncated gets placeholders for what it lost, and
 * is truncated again. Rejects with `OtherEventThere` where the target has another event.
 */
export async function copyLog({ source, target, clock, present, barriers, patienceMs, onWritten }: CopyOptions): Promise<void> {
  const begun = new Set<string>();
  const written = ({ events }: PlannedAppend): void => onWritten(events.length, begun.size);
  const appends = new InOrderAppends({ store: target, clock, atOnce: AT_ONCE, patienceMs, written });
  let nextBarrier = 0;
  for await (const { events } of source.readAll({ after: 0 })) {
    for (const group of groupsOf(events, barriers)) {
      const missing = group.filter(({ streamId, revision }) => revision > (present.get(streamId)?.last ?? -1));
      const [first] = missing;
      if (first === undefined) continue;
      const { streamId, revision, position } = first;
      if ((barriers[nextBarrier] ?? Number.POSITIVE_INFINITY) < position) {
        while ((barriers[nextBarrier] ?? Number.POSITIVE_INFINITY) < position) nextBarrier++;
        await appends.settled();
      }
      const isFirstKept = !begun.has(streamId) && !present.has(streamId);
      begun.add(streamId);
      if (isFirstKept && revision > 0) {
        await appends.settled();
        await forgetBefore(target, streamId, revision, first.metadata);
      }
      await appends.add({ streamId, expected: revisionBefore(revision), events: missing.map(asNew) });
    }
  }
  await appends.settled();
}

/** A stream of which nothing is left: goes on at the next revision in both stores. */
export interface EmptiedStream {
  readonly streamId: string;
  /** The revision that its next event gets. */
  readonly next: number;
  /** Deleted, as if it were not there; otherwise truncated to its end. */
  readonly deleted: boolean;
}

export async function copyEmptiedStream(target: EventStore, { streamId, next, deleted }: EmptiedStream, metadata: EventMetadata): Promise<void> {
  await forgetBefore(target, streamId, next, metadata);
  if (deleted) await target.deleteStream(streamId);
}

/** Gives a stream revisions up to the one before, of which nobody sees anything. */
async function forgetBefore(target: EventStore, streamId: string, before: number, metadata: EventMetadata): Promise<void> {
  for (let from = 0; from < before; from += PLACEHOLDERS_AT_ONCE) {
    try {
      await target.append(streamId, revisionBefore(from), placeholders(streamId, from, Math.min(before, from + PLACEHOLDERS_AT_ONCE), metadata));
    } catch (error) {
      const isThere = error instanceof WrongExpectedRevision && typeof error.actual === 'number' && error.actual >= Math.min(before, from + PLACEHOLDERS_AT_ONCE) - 1;
      if (!isThere) throw error;
    }
  }
  await target.truncateStream(streamId, before);
}

/** Neighbours in the log of one stream, in appends of a size that every store takes. */
function* groupsOf(events: readonly RecordedEvent[], barriers: readonly number[]): Iterable<readonly RecordedEvent[]> {
  let group: RecordedEvent[] = [];
  let size = 0;
  for (const event of events) {
    if (isMarkOfMove(event)) continue;
    const last = group.at(-1);
    const length = JSON.stringify(event.data).length;
    const isBehindBarrier = last !== undefined && barriers.some((barrier) => last.position <= barrier && barrier < event.position);
    const goesOn = last?.streamId === event.streamId && !isBehindBarrier && group.length < LARGEST_APPEND && size + length < LARGEST_TEXT;
    if (!goesOn && group.length > 0) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(event);
    size += length;
  }
  if (group.length > 0) yield group;
}

const revisionBefore = (revision: number): ExpectedRevision => (revision === 0 ? 'no_stream' : revision - 1);

const asNew = ({ id, type, data, metadata }: RecordedEvent): NewEvent => ({ id, type, data, metadata });
