import type { Generation, Projection, ProjectionStore } from '@tillroll/read-models';
import { type Feed, feedOf } from './feed';

/** A projection and its generations. */
export interface Projected {
  readonly projection: Projection;
  live: Feed;
  candidate: Feed | undefined;
  previous: Feed | undefined;
  /** The candidate takes the place of the live generation when it has caught up: that one is of another version of the code. */
  upgrading: boolean;
}

/**
 * Finds the projection's generations and settles what a crash or another version of the code has left: there is a live
 * generation afterwards and, when that is of other code than ours, a candidate of ours to replace it.
 */
export async function settleGenerations(store: ProjectionStore, projection: Projection, head: number): Promise<Projected> {
  const found = (await store.generations()).filter((generation) => generation.projection === projection.name);
  const create = async (state: Generation['state']) => feedOf(projection, await store.create({ projection: projection.name, version: projection.version, indexes: projection.indexes, state }));
  const take = async (state: Generation['state'], usable: (feed: Feed) => boolean): Promise<Feed | undefined> => {
    const generation = found.find((other) => other.state === state);
    if (generation === undefined) return undefined;
    const feed = feedOf(projection, generation);
    if (usable(feed)) return feed;
    await store.drop(feed.generation);
    return undefined;
  };
  // A position beyond the log is of a log that is no more, for example restored from a backup.
  const isOfThisLog = ({ position }: Feed) => position <= head;

  const live = (await take('live', isOfThisLog)) ?? (await create('live'));
  const previous = await take('previous', isOfThisLog);
  const candidate = await take('candidate', (feed) => isOfThisLog(feed) && !feed.frozen);
  if (!live.frozen) return { projection, live, candidate, previous, upgrading: false };
  if (candidate !== undefined) return { projection, live, candidate, previous, upgrading: true };
  // Back to code that was here before: its documents are still there.
  if (previous !== undefined && !previous.frozen) return { projection, live, candidate: previous, previous: undefined, upgrading: true };
  return { projection, live, candidate: await create('candidate'), previous, upgrading: true };
}
