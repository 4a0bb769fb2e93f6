import type { Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { type MongoAdapters, openMongo, openMongoAdapters, openMongoFollowedPositions } from '@tillroll/mongodb';
import type { FollowedPositions } from '@tillroll/read-models';
import { untilReachable } from './until-reachable';

export interface DocumentsInMongo {
  readonly adapters: MongoAdapters;
  readonly followedPositions: FollowedPositions;
}

/** Short, because it is asked again. */
const WAIT_MS = 2_000;

/** Waits for the server. */
export async function openDocumentsInMongo(
  url: string,
  { clock, log, closing }: { readonly clock: Clock; readonly log: Log; readonly closing: AsyncDisposableStack },
): Promise<DocumentsInMongo> {
  const connection = await untilReachable('MongoDB', () => openMongo({ url, clock, waitMs: WAIT_MS }), { clock, log });
  closing.defer(() => connection.close());
  const adapters = await untilReachable('MongoDB', () => openMongoAdapters(connection, { clock, logger: log }), { clock, log });
  closing.defer(() => adapters.close());
  return { adapters, followedPositions: openMongoFollowedPositions(connection) };
}
