import type { Collection, WithoutId } from 'mongodb';
import { StoreUnavailable } from '@tillroll/event-store';
import { duplicatesOf, hasOnlyDuplicateKeys } from '../storage-error';
import { type FindByIds, findOneByOne, findTogether } from './find-by-ids';
import type { KeptDocument } from './stored';

/** Writes documents of one fold; leaves those as they are that a later fold has written. */
export type WriteGuarded = (documents: Collection<KeptDocument>, written: readonly KeptDocument[]) => Promise<void>;

const MOST_ATTEMPTS = 5;

/** On MongoDB the guard is part of the write, a single step for each document. */
export const writeInOneStep: WriteGuarded = async (documents, written) => {
  let left = written;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === MOST_ATTEMPTS) throw new StoreUnavailable('others write the same documents all the time');
    const met = await duplicatesIn(() =>
      documents.bulkWrite(
        left.map((document) => ({ replaceOne: { filter: { _id: document._id, position: { $lte: document.position } }, replacement: withoutId(document), upsert: true } })),
        { ordered: false },
      ),
    );
    // Either a later fold has written it, or somebody wrote its first version at the same time.
    left = await notLater(documents, met.flatMap((index) => left[index] ?? []), findTogether);
  }
};

const REPLACED_AT_ONCE = 10;

/**
 * FerretDB on SQLite looks for a document and then writes it, whatever the filter is, and finds quickly by nothing but the whole
 * id. So this looks and writes too. It keeps a connection to its files for each update of a bulk, out of a hundred: bulks are small.
 */
export const writeInTwoSteps: WriteGuarded = async (documents, written) => {
  const positions = await positionsOf(documents, written.map(({ _id }) => _id), findOneByOne);
  const fresh = written.filter(({ _id }) => !positions.has(_id));
  const met = fresh.length === 0 ? [] : await duplicatesIn(() => documents.insertMany(fresh.slice(), { ordered: false }));
  const known = written.filter(({ _id, position }) => (positions.get(_id) ?? Number.POSITIVE_INFINITY) <= position);
  const left = [...known, ...(await notLater(documents, met.flatMap((index) => fresh[index] ?? []), findOneByOne))];
  for (let from = 0; from < left.length; from += REPLACED_AT_ONCE)
    await documents.bulkWrite(
      left.slice(from, from + REPLACED_AT_ONCE).map((document) => ({ replaceOne: { filter: { _id: document._id }, replacement: withoutId(document), upsert: true } })),
      { ordered: false },
    );
};

/** Those of `written` that are not of an older fold than what is there now. */
async function notLater(documents: Collection<KeptDocument>, written: readonly KeptDocument[], find: FindByIds): Promise<readonly KeptDocument[]> {
  if (written.length === 0) return [];
  const positions = await positionsOf(documents, written.map(({ _id }) => _id), find);
  return written.filter(({ _id, position }) => (positions.get(_id) ?? -1) <= position);
}

const positionsOf = async (documents: Collection<KeptDocument>, ids: readonly string[], find: FindByIds): Promise<ReadonlyMap<string, number>> =>
  new Map((await find(documents, ids, { projection: { position: 1 } })).map(({ _id, position }) => [_id, position]));

/** The places of what met a document with the same id; any other error is thrown. */
async function duplicatesIn(bulk: () => Promise<unknown>): Promise<readonly number[]> {
  try {
    await bulk();
    return [];
  } catch (error) {
    if (hasOnlyDuplicateKeys(error)) return duplicatesOf(error);
    throw error;
  }
}

const withoutId = ({ _id, ...rest }: KeptDocument): WithoutId<KeptDocument> => rest;

