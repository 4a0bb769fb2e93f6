import type { Collection, FindOptions } from 'mongodb';
import type { KeptDocument } from './stored';

/** Finds the documents with these ids, as quickly as the server can. */
export type FindByIds = (documents: Collection<KeptDocument>, ids: readonly string[], options: FindOptions) => Promise<readonly KeptDocument[]>;

export const findTogether: FindByIds = (documents, ids, options) =>
  documents.find({ _id: { $in: [...ids] } }, options).batchSize(ids.length + 1).toArray();

/** Leaves connections of the pool to others. */
const AT_ONCE = 10;

/** For a server that finds nothing quickly but a single id: several at once it looks for in all documents, each in turn. */
export const findOneByOne: FindByIds = async (documents, ids, options) => {
  const found: KeptDocument[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE)
    for (const each of await Promise.all(ids.slice(from, from + AT_ONCE).map((_id) => documents.findOne({ _id }, options)))) if (each !== null) found.push(each);
  return found;
};
