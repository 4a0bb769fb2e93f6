import { StoreCorrupted, StoreUnavailable } from '@tillroll/event-store';
import type { DocumentWrite, Generation, GenerationWrite, Projection, ProjectionStore } from '@tillroll/read-models';
import type { LogPage } from './event-log';
import { failureAt, fold, type Folded, type ProjectionFailure } from './fold';
import { byType, planSteps, type ProjectionsByType, type Step } from './plan';

/** One generation of a projection's documents, and how far it is. */
export interface Feed {
  readonly projection: Projection;
  readonly generation: number;
  /** Of the code that writes it. */
  readonly version: number;
  /** Written by other code than ours: it is left as it is. */
  readonly frozen: boolean;
  position: number;
  /** The position that is on disk; it lags while no document changes. */
  kept: number;
  /** Events since then. */
  unkept: number;
  failure: ProjectionFailure | undefined;
}

/** After so many events a position is written though no document changed: reading so much once more is cheap. */
const KEEP_AFTER_EVENTS = 1_000;

export function feedOf(projection: Projection, { id, version, indexes, position }: Generation): Feed {
  const frozen = version !== projection.version || JSON.stringify(indexes) !== JSON.stringify(projection.indexes);
  return { projection, generation: id, version, frozen, position, kept: position, unkept: 0, failure: undefined };
}

/** Feeds that are fed together. */
export interface FeedSet {
  readonly feeds: readonly Feed[];
  readonly projections: ProjectionsByType;
}

export const feedSet = (feeds: readonly Feed[]): FeedSet => ({ feeds, projections: byType(new Set(feeds.map(({ projection }) => projection))) });

/** What became of the documents of one feed. */
export interface Fed {
  readonly feed: Feed;
  readonly documents: readonly DocumentWrite[];
  readonly failed: boolean;
}

const NOTHING: Folded = { documents: [] };

/** What a page makes of the documents of a feed. */
interface Served {
  readonly feed: Feed;
  readonly steps: readonly Step[];
  readonly folded: Folded;
  /** Where the feed is then. */
  readonly position: number;
}

/**
 * Brings the feeds to the end of the page: each changed document is written once, those of all feeds together.
 * A feed that fails stops before the event that it could not take and does not hold up the others.
 * Rejects when the documents cannot be written; the feeds are then where they were.
 */
export async function feedPage(store: ProjectionStore, { feeds, projections }: FeedSet, page: LogPage, write: Write = (writes) => store.write(writes)): Promise<readonly Fed[]> {
  const plans = planSteps(projections, page.events);
  const served: Served[] = [];
  for (const feed of feeds) {
    if (feed.failure !== undefined || feed.position >= page.position) continue;
    const plan = plans.get(feed.projection);
    served.push(plan === undefined ? { feed, steps: [], folded: NOTHING, position: page.position } : await serve(store, feed, page, plan));
  }
  const written = served.filter(
    ({ feed, folded: { documents, failure } }) => documents.length > 0 || failure !== undefined || feed.unkept + page.events.length >= KEEP_AFTER_EVENTS,
  );
  const unwritable = await writeAll(written, write);
  for (const one of served) {
    one.feed.unkept += page.events.length;
    settle(one, unwritable.get(one), written.includes(one));
  }
  return served.map(({ feed, folded: { documents } }) => ({ feed, documents: feed.failure === undefined ? documents : [], failed: feed.failure !== undefined }));
}

async function serve(store: ProjectionStore, feed: Feed, page: LogPage, plan: readonly Step[]): Promise<Served> {
  const steps = plan.filter(({ position }) => position > feed.position);
  const folded = await foldInto(store, feed, steps);
  return { feed, steps, folded, position: folded.failure === undefined ? page.position : folded.failure.position - 1 };
}

async function foldInto(store: ProjectionStore, { generation }: Feed, steps: readonly Step[]): Promise<Folded> {
  const [first] = steps;
  if (first === undefined) return NOTHING;
  const ids = new Set<string>();
  for (const { outcome } of steps) if ('changes' in outcome) for (const { id } of outcome.changes) ids.add(id);
  try {
    return fold(steps, await store.load(generation, ids));
  } catch (error) {
    // A document that cannot be read is this generation's trouble alone.
    if (error instanceof StoreCorrupted) return { documents: [], failure: failureAt(first, error) };
    throw error;
  }
}

/** Those whose documents cannot be written, whoever writes them, and why. All others are written. */
async function writeAll(written: readonly Served[], write: Write): Promise<ReadonlyMap<Served, unknown>> {
  const unwritable = new Map<Served, unknown>();
  if (written.length === 0) return unwritable;
  const writeOf = ({ feed: { generation }, position, folded: { documents } }: Served): GenerationWrite => ({ generation, position, documents });
  try {
    await write(written.map(writeOf));
  } catch (together) {
    if (isOutage(together)) throw together;
    for (const one of written) {
      try {
        await write([writeOf(one)]);
      } catch (error) {
        if (isOutage(error)) throw error;
        unwritable.set(one, error);
      }
    }
  }
  return unwritable;
}

function settle({ feed, steps: [first], position, folded: { failure } }: Served, unwritable: unknown, isWritten: boolean): void {
  if (unwritable !== undefined && first !== undefined) {
    feed.failure = failureAt(first, unwritable);
    return;
  }
  feed.position = position;
  feed.failure = failure;
  if (!isWritten) return;
  feed.kept = position;
  feed.unkept = 0;
}

export type Write = (writes: readonly GenerationWrite[]) => Promise<void>;

/** The store is the matter, not a document. */
const isOutage = (error: unknown): boolean => error instanceof StoreUnavailable || error instanceof StoreCorrupted;
