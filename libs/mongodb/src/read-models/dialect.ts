import type { MongoConnection } from '../connection';
import { type FindByIds, findOneByOne, findTogether } from './find-by-ids';
import { type WriteGuarded, writeInOneStep, writeInTwoSteps } from './guarded-documents';
import { type ToContent, toContent, toJson } from './kept-content';

/** What is done in one way on MongoDB and in another on FerretDB. What is kept either way, both read. */
export interface Dialect {
  readonly findByIds: FindByIds;
  readonly writeGuarded: WriteGuarded;
  readonly toContent: ToContent;
}

export const mongoDb: Dialect = { findByIds: findTogether, writeGuarded: writeInOneStep, toContent };

/** Answers queries from all documents, one by one; those of JSON it goes through three times as fast. */
export const ferretDb: Dialect = { findByIds: findOneByOne, writeGuarded: writeInTwoSteps, toContent: toJson };

export const dialectOf = ({ isFerretDb }: Pick<MongoConnection, 'isFerretDb'>): Dialect => (isFerretDb ? ferretDb : mongoDb);
