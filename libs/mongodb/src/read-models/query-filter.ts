import { isScalar, type Document, type Query, type Scalar, type CollectionIndex } from '@tillroll/read-models';
import type { Filter, Sort } from 'mongodb';
import type { KeptDocument } from './stored';

const keyOf = (field: string): string => `keys.${field}`;

/** What the indexes need of a document. */
export function keysOf(indexes: readonly CollectionIndex[], document: Document): Readonly<Record<string, Scalar>> {
  const keys: Record<string, Scalar> = {};
  for (const { fields } of indexes)
    for (const field of fields) {
      const value = document[field];
      if (isScalar(value)) keys[field] = value;
    }
  return keys;
}

export const indexKey = ({ fields }: CollectionIndex): Record<string, 1> => Object.fromEntries([...fields.map(keyOf), '_id'].map((key) => [key, 1]));

export const indexName = ({ fields }: CollectionIndex): string => `by_${fields.join('_')}`;

/** Numbers before strings before booleans; comparisons of MongoDB keep to the type of what they compare with. */
const LOWEST: readonly Scalar[] = [Number.NEGATIVE_INFINITY, '', false];
const rankOf = (value: Scalar): number => LOWEST.findIndex((lowest) => typeof lowest === typeof value);

export interface MongoQuery {
  readonly filter: Filter<KeptDocument>;
  readonly sort: Sort;
}

/**
 * The query, its scalars checked already. Every branch is one range of the index in the order of the sort, so that
 * the server merges them and stops at the limit.
 */
export function mongoQuery({ where = {}, orderBy, direction, after }: Query): MongoQuery {
  const equal = Object.fromEntries(Object.entries(where).map(([field, value]) => [keyOf(field), { $eq: value }]));
  const key = keyOf(orderBy);
  const isAscending = direction === 'ascending';
  const branches = after === undefined ? LOWEST.map((lowest) => ({ [key]: { $gte: lowest } })) : behind(key, after, isAscending);
  const order = isAscending ? 1 : -1;
  return { filter: { $or: branches.map((branch) => ({ ...equal, ...branch })) }, sort: { [key]: order, _id: order } };
}

function behind(key: string, { value, id }: { readonly value: Scalar; readonly id: string }, isAscending: boolean): readonly Filter<KeptDocument>[] {
  const comparison = isAscending ? '$gt' : '$lt';
  const rank = rankOf(value);
  const others = LOWEST.filter((_, other) => (isAscending ? other > rank : other < rank));
  return [
    { [key]: { $eq: value }, _id: { [comparison]: id } },
    { [key]: { [comparison]: value } },
    ...others.map((lowest) => ({ [key]: { $gte: lowest } })),
  ];
}
