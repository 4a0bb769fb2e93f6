import { readModelsContract } from '@tillroll/read-models/testing/read-models-contract';
import { mongoReadModelsPlace } from '../testing/mongo-read-models-place';
import { type WriteGuarded, writeInOneStep, writeInTwoSteps } from './guarded-documents';

/** FerretDB reads all documents for each one that it writes so. */
const inOneStepWhenFew: WriteGuarded = (documents, written) => (written.length > 100 ? writeInTwoSteps : writeInOneStep)(documents, written);

readModelsContract('MongoDB', () => mongoReadModelsPlace());
readModelsContract('MongoDB, guarded in one step', () => mongoReadModelsPlace({ writeGuarded: inOneStepWhenFew }));
readModelsContract('MongoDB, guarded in two steps', () => mongoReadModelsPlace({ writeGuarded: writeInTwoSteps }));
