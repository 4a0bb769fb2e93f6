import type { MongoConnection } from '../connection';
import { isDuplicateKey } from '../storage-error';
import type { Lease, LeaseBook } from './lease-book';

interface LeaseDocument extends Lease {
  /** Name and epoch: of all who would begin an epoch, one can. */
  readonly _id: string;
}

const COLLECTION = 'leases';
/** Tried twice before a leader has to give up. */
const TIMEOUT = { timeoutMS: 1_500 } as const;

/**
 * Each epoch is a document of its own, which only its holder writes after the insert. Older ones are removed by the
 * newest holder; whoever then begins an old epoch again finds the newer one behind it.
 */
export async function openMongoLeaseBook(connection: MongoConnection): Promise<LeaseBook> {
  const leases = connection.collection<LeaseDocument>(COLLECTION);
  await connection.run(() => leases.createIndex({ name: 1, epoch: -1 }));
  const idOf = ({ name, epoch }: Pick<Lease, 'name' | 'epoch'>) => JSON.stringify([name, epoch]);

  async function newest(name: string): Promise<Lease | undefined> {
    const [found] = await leases.find({ name: { $eq: name } }, TIMEOUT).sort({ epoch: -1 }).limit(1).toArray();
    if (found === undefined) return undefined;
    const { _id, ...lease } = found;
    return lease;
  }

  async function begin(lease: Lease): Promise<boolean> {
    try {
      await leases.insertOne({ _id: idOf(lease), ...lease }, TIMEOUT);
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // The driver may have repeated an insert that was done already.
      return (await leases.findOne({ _id: idOf(lease) }, TIMEOUT))?.holder === lease.holder;
    }
  }

  return {
    newest: (name) => connection.run(() => newest(name)),

    take: (lease) =>
      connection.run(async () => {
        if (!(await begin(lease))) return false;
        const { name, epoch } = lease;
        if ((await newest(name))?.epoch !== epoch) {
          await leases.deleteOne({ _id: idOf(lease) }, TIMEOUT);
          return false;
        }
        await leases.deleteMany({ name: { $eq: name }, epoch: { $lt: epoch } }, TIMEOUT);
        return true;
      }),

    renew: (lease) =>
      connection.run(async () => {
        const { matchedCount } = await leases.updateOne({ _id: idOf(lease) }, { $set: { beat: lease.beat } }, TIMEOUT);
        return matchedCount === 1 && (await newest(lease.name))?.epoch === lease.epoch;
      }),

    giveBack: (lease) => connection.run(async () => void (await leases.updateOne({ _id: idOf(lease) }, { $set: { isFree: true } }, TIMEOUT))),
  };
}
