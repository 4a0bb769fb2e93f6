import { randomBytes } from 'node:crypto';
import { secretStoreContract } from '@tillroll/secrets/testing/secret-store-contract';
import { MongoClient } from 'mongodb';
import { mongoUnderTest } from '../testing/mongo-under-test';
import { openMongoSecretStore } from './mongo-secret-store';

secretStoreContract('MongoDB', async () => {
  const mongo = await mongoUnderTest();
  return { secrets: openMongoSecretStore(mongo.connection), close: () => mongo.close() };
});

describe('secrets in MongoDB', () => {
  it('are gone from the database when they are destroyed, and nothing but their name is left', async () => {
    const mongo = await mongoUnderTest();
    const secrets = openMongoSecretStore(mongo.connection);
    await secrets.putIfAbsent('personal/tom', randomBytes(32));
    await secrets.destroy('personal/tom');
    const client = new MongoClient(mongo.url);
    expect(await client.db().collection('secrets').find({}).toArray()).toEqual([{ _id: 'personal/tom' }]);
    await client.close();
    await mongo.close();
  });

  it('are made by one of several processes, and the same for all', async () => {
    const mongo = await mongoUnderTest();
    const processes = await Promise.all(Array.from({ length: 4 }, async () => openMongoSecretStore(await mongo.connect())));
    const kept = await Promise.all(processes.map((secrets) => secrets.putIfAbsent('signing-key', randomBytes(32))));
    expect(new Set(kept.map((value) => value.toString('hex'))).size).toBe(1);
    await mongo.close();
  });
});
