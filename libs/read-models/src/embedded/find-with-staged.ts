import type { Document, Query } from '../port';
import { columnOf, columnOfScalar } from './column-value';
import type { DocumentTable } from './document-table';
import { comparePlaces, type Place } from './place';
import type { StagedDocument } from './staged-documents';

/** The ids that a query finds in the file together with what is not in it yet. Throws a `TypeError` when no index serves it. */
export function findWithStaged(table: DocumentTable, query: Query, staged: ReadonlyMap<string, StagedDocument>): readonly string[] {
  if (staged.size === 0) return table.find(query).map(({ id }) => id);
  const { limit, direction } = query;
  const found = unstaged(table, query, staged);
  for (const [id, { document }] of staged) {
    const place = document === undefined ? undefined : placeIn(query, id, document);
    if (place !== undefined) found.push(place);
  }
  const sign = direction === 'ascending' ? 1 : -1;
  found.sort((a, b) => sign * comparePlaces(a, b));
  return found.slice(0, limit).map(({ id }) => id);
}

/** Of what is in the file the first that are still so. */
function unstaged(table: DocumentTable, query: Query, staged: ReadonlyMap<string, StagedDocument>): Place[] {
  const found: Place[] = [];
  for (let after = query.after; ; ) {
    const page = table.find({ ...query, ...(after === undefined ? {} : { after }) });
    for (const place of page) if (!staged.has(place.id)) found.push(place);
    const last = page.at(-1);
    if (last === undefined || page.length < query.limit || found.length >= query.limit) return found;
    after = { value: scalarOf(last.value), id: last.id };
  }
}

/** Undefined when the query does not find it. */
function placeIn({ where = {}, orderBy, direction, after }: Query, id: string, document: Document): Place | undefined {
  for (const [field, wanted] of Object.entries(where)) if (columnOf(document[field]) !== columnOfScalar(wanted)) return undefined;
  const value = columnOf(document[orderBy]);
  if (value === null) return undefined;
  const place: Place = { id, value };
  if (after === undefined) return place;
  const beyond = comparePlaces(place, { id: after.id, value: columnOfScalar(after.value) });
  return (direction === 'ascending' ? beyond > 0 : beyond < 0) ? place : undefined;
}

/** Booleans are bytes in columns. */
const scalarOf = (value: Place['value']) => (typeof value === 'object' ? value[0] === 1 : value);
