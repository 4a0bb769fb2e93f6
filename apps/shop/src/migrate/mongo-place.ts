import type { Clock } from '@tillroll/kernel';
import { mongoAdoptsUses, openMongo, openMongoAdapters } from '@tillroll/mongodb';
import type { Place } from './place';

/** A database of MongoDB, without its name. Rejects with a `TypeError` for an address that is none. */
export async function openMongoPlace(url: string, clock: Clock, closing: AsyncDisposableStack): Promise<Omit<Place, 'name'>> {
  const connection = await openMongo({ url, clock });
  closing.defer(() => connection.close());
  const adapters = await openMongoAdapters(connection, { clock });
  closing.defer(() => adapters.close());
  const { secrets, consumerRecords: records, relayCheckpoints: checkpoints } = adapters;
  return { secrets, records, checkpoints, uses: mongoAdoptsUses(connection) };
}
