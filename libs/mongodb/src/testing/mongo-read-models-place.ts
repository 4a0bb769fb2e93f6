import { systemClock } from '@tillroll/kernel';
import type { ReadModelsPlace } from '@tillroll/read-models/testing/read-models-contract';
import { type MongoReadModelsOptions, openMongoReadModels } from '../read-models/mongo-read-models';
import { mongoUnderTest } from './mongo-under-test';

/** A database of its own that outlives its connections. */
export async function mongoReadModelsPlace(options: Partial<MongoReadModelsOptions> = {}): Promise<ReadModelsPlace> {
  const mongo = await mongoUnderTest();
  return {
    async open() {
      const connection = await mongo.connect();
      const models = await openMongoReadModels({ connection, clock: systemClock, graceMs: 0, ...options });
      return {
        models,
        async close() {
          await models.close();
          await connection.close();
        },
      };
    },
    remove: () => mongo.close(),
  };
}
