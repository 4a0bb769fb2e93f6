import type { FollowedPositions } from '@tillroll/read-models';
import type { MongoConnection } from '../connection';

interface FollowedDocument {
  /** The service. */
  readonly _id: string;
  readonly position: number;
}

interface ReadersDocument {
  /** The service. */
  readonly _id: string;
  readonly said: number;
}

const [POSITIONS, READERS] = ['followed_positions', 'readers_elsewhere'];

/** One small document for each service. What a failure of the server loses, the next news brings again: nothing is waited for. */
export function openMongoFollowedPositions(connection: MongoConnection): FollowedPositions {
  const followed = connection.collection<FollowedDocument>(POSITIONS);
  const readers = connection.collection<ReadersDocument>(READERS);
  return {
    tell: (service, position) =>
      connection.run(async () => {
        await followed.updateOne({ _id: service }, { $max: { position } }, { upsert: true, writeConcern: { w: 1, journal: false } });
      }),
    attend: (service) =>
      connection.run(async () => {
        await readers.updateOne({ _id: service }, { $inc: { said: 1 } }, { upsert: true, writeConcern: { w: 1, journal: false } });
      }),
    attendance: (service) => connection.run(async () => (await readers.findOne({ _id: service }, { readConcern: { level: 'local' } }))?.said ?? 0),
    of: (service) => connection.run(async () => (await followed.findOne({ _id: service }, { readConcern: { level: 'local' } }))?.position),
  };
}
