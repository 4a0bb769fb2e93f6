import type { FollowedPositions } from '@tillroll/read-models';
import type { MongoConnection } from '../connection';

interface FollowedDocument {
  /** The service. */
  readonly _id: string;
  readonly position: number;
}

const COLLECTION = 'followed_positions';

/** One small document for each service. What a failure of the server loses, the next news brings again: nothing is waited for. */
export function openMongoFollowedPositions(connection: MongoConnection): FollowedPositions {
  const followed = connection.collection<FollowedDocument>(COLLECTION);
  return {
    tell: (service, position) =>
      connection.run(async () => {
        await followed.updateOne({ _id: service }, { $max: { position } }, { upsert: true, writeConcern: { w: 1, journal: false } });
      }),
    of: (service) => connection.run(async () => (await followed.findOne({ _id: service }, { readConcern: { level: 'local' } }))?.position),
  };
}
