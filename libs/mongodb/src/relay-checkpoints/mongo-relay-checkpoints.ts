import type { RelayCheckpoints } from '@tillroll/event-bus';
import type { MongoConnection } from '../connection';

interface CheckpointDocument {
  /** Name and epoch: a leader writes only its own. */
  readonly _id: string;
  readonly name: string;
  readonly epoch: number;
  readonly position: number;
}

const COLLECTION = 'relay_checkpoints';

/** One document for each leader; that of the newest is believed. So a leader of before overwrites nothing, however late it is. */
export async function openMongoRelayCheckpoints(connection: MongoConnection): Promise<RelayCheckpoints> {
  const checkpoints = connection.collection<CheckpointDocument>(COLLECTION);
  await connection.run(() => checkpoints.createIndex({ name: 1, epoch: -1 }));
  const newest = async (name: string) => {
    const [found] = await checkpoints.find({ name: { $eq: name } }).sort({ epoch: -1 }).limit(1).toArray();
    return found;
  };

  return {
    get: (name) => connection.run(async () => (await newest(name))?.position ?? 0),

    put: (name, position, epoch) =>
      connection.run(async () => {
        const before = await newest(name);
        if (before !== undefined && before.epoch > epoch) return false;
        const _id = JSON.stringify([name, epoch]);
        await checkpoints.replaceOne({ _id }, { name, epoch, position }, { upsert: true });
        if (before !== undefined && before.epoch < epoch) await checkpoints.deleteMany({ name: { $eq: name }, epoch: { $lt: epoch } });
        return true;
      }),
  };
}
