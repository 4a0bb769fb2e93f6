import { type EmbeddedEngine, type SqlValue, type Statement, StoreCorrupted } from '@tillroll/event-store';
import type { CollectionIndex, Document, Query } from '../port';
import type { Generation, Guards, ScannedDocument } from '../projection-store';
import { indexServing } from '../query-index';
import { type ColumnValue, columnOf, columnOfScalar } from './column-value';
import type { CachedDocument } from './document-cache';
import type { Place } from './place';
import type { StagedDocument } from './staged-documents';

/** The documents of one generation. Functions named in the imperative belong inside `engine.write`. */
export interface DocumentTable {
  /** Parsed anew at each call. */
  row(id: string): CachedDocument | undefined;
  /** What the query finds, in its order. Throws a `TypeError` when no index serves it. */
  find(query: Query): readonly Place[];
  /** Whether an index serves the query. */
  serves(query: Query): boolean;
  scan(after: string, limit: number): readonly ScannedDocument[];
  count(): number;
  holdsRemoved(): boolean;
  /** `before`: the row as it is, when that is known; spares work on indexes. */
  put(id: string, after: StagedDocument & { readonly document: Document }, before: CachedDocument | undefined): void;
  /** Leaves the guards until `forgetRemoved`. */
  markRemoved(id: string, removed: StagedDocument, position: number): void;
  remove(id: string): void;
  /** Drops what was marked as removed up to the position. */
  forgetRemoved(position: number): void;
  /** How many documents were dropped, at most the limit. */
  dropSome(limit: number): number;
}

const tableOf = ({ id }: Pick<Generation, 'id'>): string => `documents_${id}`;

/** The fields that some index names; the value of the n-th is in the column `f<n>`. */
const indexedFields = (indexes: readonly CollectionIndex[]): readonly string[] => [...new Set(indexes.flatMap(({ fields }) => fields))];

/** To be run one after another inside `engine.write`. */
export function creatingStatements({ id, indexes }: Generation): readonly string[] {
  const table = tableOf({ id });
  const columns = indexedFields(indexes).map((_, i) => `, f${i}`);
  return [
    `CREATE TABLE ${table} (id TEXT NOT NULL PRIMARY KEY, document TEXT, guards TEXT NOT NULL, removed_at INTEGER${columns.join('')})`,
    `CREATE INDEX ${table}_removed ON ${table} (removed_at) WHERE removed_at IS NOT NULL`,
  ];
}

/** One for each index of the generation's queries, each to be run inside an `engine.write`. For an index that is there it does nothing. */
export function indexingStatements({ id, indexes }: Generation): readonly string[] {
  const table = tableOf({ id });
  const fields = indexedFields(indexes);
  return indexes.map((index, i) => {
    const columns = index.fields.map((field) => `f${fields.indexOf(field)}`);
    return `CREATE INDEX IF NOT EXISTS ${table}_by_${i} ON ${table} (${columns.join(', ')}, id) WHERE ${columns.at(-1)} IS NOT NULL`;
  });
}

/** One for each index, each to be run inside an `engine.write`. */
export const unindexingStatements = ({ id, indexes }: Generation): readonly string[] => indexes.map((_, i) => `DROP INDEX IF EXISTS ${tableOf({ id })}_by_${i}`);

/** To be run inside `engine.write`. */
export const droppingStatement = (generation: Generation): string => `DROP TABLE IF EXISTS ${tableOf(generation)}`;

export function documentTable(engine: Pick<EmbeddedEngine, 'prepare'>, generation: Generation): DocumentTable {
  const table = tableOf(generation);
  const fields = indexedFields(generation.indexes);
  const columns = fields.map((_, i) => `f${i}`);
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = engine.prepare(sql)));
    return statement;
  };

  const row = engine.prepare(`SELECT document, guards FROM ${table} WHERE id = ?`);
  const upsert = `INSERT INTO ${table} (document, guards, id, removed_at${columns.map((column) => `, ${column}`).join('')})
    VALUES (?, ?, ?, ?${', ?'.repeat(columns.length)}) ON CONFLICT DO UPDATE SET ${['document', 'guards', 'removed_at', ...columns].map((column) => `${column} = excluded.${column}`).join(', ')}`;
  const noColumns = columns.map(() => null);

  const columnsOf = (document: Document): readonly ColumnValue[] => fields.map((field) => columnOf(document[field]));

  /** Sets no column that stays as it is, so that no index is touched that stays as it is. False when there is no such row. */
  function change(id: string, text: string, guardsText: string, values: readonly ColumnValue[], before: readonly ColumnValue[]): boolean {
    let changed = '';
    const parameters: SqlValue[] = [text, guardsText];
    values.forEach((value, i) => {
      if (value === before[i]) return;
      changed += `, f${i} = ?`;
      parameters.push(value);
    });
    return prepared(`UPDATE ${table} SET document = ?, guards = ?${changed} WHERE id = ?`).run(...parameters, id).changes > 0;
  }

  function parse<T>(text: string, id: string): T {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new StoreCorrupted(`the document ${id} of ${generation.projection} (${table}) is corrupted: rebuild the projection`);
    }
  }

  return {
    row(id) {
      const found = row.get(id);
      if (found === undefined) return undefined;
      const text = found['document'];
      return {
        document: typeof text === 'string' ? parse<Document>(text, id) : undefined,
        guards: parse<Guards>(String(found['guards']), id),
        size: typeof text === 'string' ? text.length : 0,
      };
    },

    find(query) {
      const { where = {}, direction, after, limit } = query;
      const index = indexServing(generation.projection, generation.indexes, query);
      const columnNamed = (field: string) => `f${fields.indexOf(field)}`;
      const equal = index.fields.slice(0, -1);
      const order = columnNamed(query.orderBy);
      const [beyond, by] = direction === 'ascending' ? ['>', 'ASC'] : ['<', 'DESC'];
      const conditions = [...equal.map((field) => `${columnNamed(field)} = ?`), `${order} IS NOT NULL`, ...(after === undefined ? [] : [`(${order}, id) ${beyond} (?, ?)`])];
      const parameters: SqlValue[] = equal.map((field) => columnOfScalar(where[field] ?? ''));
      if (after !== undefined) parameters.push(columnOfScalar(after.value), after.id);
      const found = prepared(`SELECT id, ${order} AS value FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ${by}, id ${by} LIMIT ?`);
      return found.all(...parameters, limit).map(({ id, value }) => ({ id: String(id), value: value as Place['value'] }));
    },

    serves(query) {
      try {
        return indexServing(generation.projection, generation.indexes, query) !== undefined;
      } catch {
        return false;
      }
    },

    scan(after, limit) {
      const found = prepared(`SELECT id, document FROM ${table} WHERE id > ? AND document IS NOT NULL ORDER BY id LIMIT ?`);
      return found.all(after, limit).map(({ id, document }) => ({ id: String(id), document: parse<Document>(String(document), String(id)) }));
    },

    count: () => Number(prepared(`SELECT count(*) AS documents FROM ${table} WHERE document IS NOT NULL`).get()?.['documents']),

    holdsRemoved: () => prepared(`SELECT 1 FROM ${table} WHERE removed_at IS NOT NULL LIMIT 1`).get() !== undefined,

    put(id, { document, text, guardsText }, before) {
      const values = columnsOf(document);
      if (before?.document === undefined || !change(id, text, guardsText, values, columnsOf(before.document))) prepared(upsert).run(text, guardsText, id, null, ...values);
    },

    markRemoved: (id, { guardsText }, position) => void prepared(upsert).run(null, guardsText, id, position, ...noColumns),

    remove: (id) => void prepared(`DELETE FROM ${table} WHERE id = ?`).run(id),
    forgetRemoved: (position) => void prepared(`DELETE FROM ${table} WHERE removed_at <= ?`).run(position),
    dropSome: (limit) => prepared(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} LIMIT ?)`).run(limit).changes,
  };
}
