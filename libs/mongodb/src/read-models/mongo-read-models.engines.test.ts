import { readModelsContract } from '@tillroll/read-models/testing/read-models-contract';
import { mongoReadModelsPlace } from '../testing/mongo-read-models-place';
import { type Dialect, ferretDb, mongoDb } from './dialect';

/** FerretDB reads all documents for each one that it writes so. */
const mongoDbWhenFew: Dialect = {
  ...mongoDb,
  writeGuarded: (documents, written) => (written.length > 100 ? ferretDb : mongoDb).writeGuarded(documents, written),
};

readModelsContract('MongoDB', () => mongoReadModelsPlace());
readModelsContract('MongoDB, in its way', () => mongoReadModelsPlace({ dialect: mongoDbWhenFew }));
readModelsContract('MongoDB, in the way of FerretDB', () => mongoReadModelsPlace({ dialect: ferretDb }));
