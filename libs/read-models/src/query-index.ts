import type { CollectionIndex, Query, Scalar } from './port';

export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/**
 * The index that serves the query: its equality fields are exactly those of `where`, its last field is `orderBy`.
 * Throws a `TypeError` when there is none, or when the query is not one.
 */
export function indexServing(projection: string, indexes: readonly CollectionIndex[], query: Query): CollectionIndex {
  const { where = {}, orderBy, limit, after } = query;
  if (!Number.isInteger(limit) || limit < 1) throw new TypeError(`the limit of a query must be a positive whole number, not ${limit}`);
  const equals = Object.keys(where);
  for (const field of equals) if (!isScalar(where[field])) throw new TypeError(`${field} can only be compared with a string, number or boolean`);
  if (after !== undefined && !isScalar(after.value)) throw new TypeError('a query can only go on behind a string, number or boolean');
  const serving = indexes.find(
    ({ fields }) => fields.at(-1) === orderBy && fields.length === equals.length + 1 && equals.every((field) => fields.lastIndexOf(field, -2) !== -1),
  );
  if (serving !== undefined) return serving;
  throw new TypeError(`${projection} has no index for {${equals.join(', ')}} in the order of ${orderBy}: declare { fields: ${JSON.stringify([...equals, orderBy])} }`);
}
