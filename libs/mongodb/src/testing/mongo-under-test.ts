import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { type MongoConnection, openMongo, type MongoOptions } from '../connection';

/** The address of the server that the tests use, with a database of its own for each caller. */
export function addressUnderTest(): string {
  const url = process.env['MONGODB_URL'];
  if (url === undefined || url === '') throw new Error('MONGODB_URL is missing: npm run test:engines sets it');
  return url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/tillroll_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`);
}

export interface MongoUnderTest {
  readonly url: string;
  readonly connection: MongoConnection;
  /** Another one to the same database, perhaps by another way. */
  connect(options?: Partial<MongoOptions>): Promise<MongoConnection>;
  /** Drops the database. */
  close(): Promise<void>;
}

export async function mongoUnderTest(): Promise<MongoUnderTest> {
  const url = addressUnderTest();
  const open: MongoConnection[] = [];
  const connect = async (options: Partial<MongoOptions> = {}) => {
    const connection = await openMongo({ url, ...options });
    open.push(connection);
    return connection;
  };
  return {
    url,
    connection: await connect(),
    connect,
    async close() {
      await Promise.all(open.map((connection) => connection.close()));
      const client = new MongoClient(url);
      await client.db().dropDatabase();
      await client.close();
    },
  };
}
