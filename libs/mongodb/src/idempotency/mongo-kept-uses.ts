import type { AdoptsUses } from '@tillroll/http';
import type { MongoConnection } from '../connection';
import { hasOnlyDuplicateKeys } from '../storage-error';
import { USES, type UseDocument } from './mongo-idempotency-records';

/** Takes over the uses that another store has kept, for those of its customers that have come along with their keys. */
export function mongoAdoptsUses(connection: MongoConnection): AdoptsUses {
  const documents = connection.collection<UseDocument>(USES);
  return {
    async adopt(uses) {
      if (uses.length === 0) return;
      const moved = uses.map(({ id, fingerprint, begunAt, answer }) => ({
        _id: id, fingerprint, begunAt: new Date(begunAt), claim: 'moved', ...(answer === undefined ? {} : { answer }),
      }));
      await connection.run(() =>
        documents.insertMany(moved, { ordered: false }).catch((error: unknown) => {
          if (!hasOnlyDuplicateKeys(error)) throw error;
        }),
      );
    },
  };
}
