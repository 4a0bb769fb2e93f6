import type { DocumentWrite, Generation, GenerationWrite, Projection, ProjectionStore } from '@tillroll/read-models';
import type { LogPage } from './event-log';
import { fold, type Folded, type ProjectionFailure } from './fold';
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

/**
 * Brings the feeds to the end of the page: each changed document is written once, those of all feeds together.
 * A feed that fails stops before the event that it could not take and does not hold up the others.
 * Rejects when the documents cannot be written; the feeds are then where they were.
 */
export async function feedPage(store: ProjectionStore, { feeds, projections }: FeedSet, page: LogPage, write: Write = (writes) => store.write(writes)): Promise<readonly Fed[]> {
  const hungry = feeds.filter(({ failure, position }) => failure === undefined && position < page.position);
  const steps = planSteps(projections, page.events);
  const folded: { feed: Feed; folded: Folded; position: number }[] = [];
  for (const feed of hungry) {
    const result = await foldInto(store, feed, steps.get(feed.projection) ?? []);
    folded.push({ feed, folded: result, position: result.failure === undefined ? page.position : result.failure.position - 1 });
  }
  const worthKeeping = folded.filter(
    ({ feed, folded: { documents, failure } }) => documents.length > 0 || failure !== undefined || feed.unkept + page.events.length >= KEEP_AFTER_EVENTS,
  );
  if (worthKeeping.length > 0) {
    await write(worthKeeping.map(({ feed, folded: { documents }, position }) => ({ generation: feed.generation, position, documents })));
  }
  for (const { feed, position, folded: { failure } } of folded) {
    feed.position = position;
    feed.unkept += page.events.length;
    feed.failure = failure;
  }
  for (const { feed } of worthKeeping) {
    feed.kept = feed.position;
    feed.unkept = 0;
  }
  return folded.map(({ feed, folded: { documents, failure } }) => ({ feed, documents, failed: failure !== undefined }));
}

export type Write = (writes: readonly GenerationWrite[]) => Promise<void>;

const NOTHING: Folded = { documents: [] };

async function foldInto(store: ProjectionStore, { generation, position }: Feed, steps: readonly Step[]): Promise<Folded> {
  if (steps.length === 0) return NOTHING;
  const ids = new Set<string>();
  for (const { outcome } of steps) if ('changes' in outcome) for (const { id } of outcome.changes) ids.add(id);
  return fold(position, steps, await store.load(generation, ids));
}
