import { SecretDestroyed, type SecretStore } from '@tillroll/secrets';
import { Binary } from 'mongodb';
import type { MongoConnection } from '../connection';
import { isDuplicateKey } from '../storage-error';

interface SecretDocument {
  readonly _id: string;
  /** Missing when it was destroyed: the name remains, and is not used again. */
  readonly value?: Binary;
}

const COLLECTION = 'secrets';

/**
 * Secrets in MongoDB. A destroyed one is gone from the database when {@link SecretStore.destroy} resolves; the server's own
 * files hold traces of it until its journal and oplog have moved on, and backups hold it for as long as they are kept.
 */
export function openMongoSecretStore(connection: MongoConnection): SecretStore {
  const secrets = connection.collection<SecretDocument>(COLLECTION);

  const find = async (name: string): Promise<Buffer | 'destroyed' | undefined> => {
    const found = await secrets.findOne({ _id: name });
    if (found === null) return undefined;
    return found.value === undefined ? 'destroyed' : Buffer.from(found.value.value());
  };

  return {
    get: (name) =>
      connection.run(async () => {
        const found = await find(name);
        return found === 'destroyed' ? undefined : found;
      }),

    putIfAbsent: (name, value) =>
      connection.run(async () => {
        try {
          await secrets.insertOne({ _id: name, value: new Binary(value) });
          return Buffer.from(value);
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
        const kept = await find(name);
        if (kept === 'destroyed' || kept === undefined) throw new SecretDestroyed(name);
        return kept;
      }),

    destroy: (name) =>
      connection.run(async () => {
        for (;;) {
          try {
            await secrets.replaceOne({ _id: name }, {}, { upsert: true });
            return;
          } catch (error) {
            // Another has just made it: it is replaced then.
            if (!isDuplicateKey(error)) throw error;
          }
        }
      }),
  };
}
