import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { storageError } from './storage-error';

export type SqlValue = SQLInputValue;
export type Row = Record<string, SQLOutputValue>;

/** A prepared statement whose failures are `StoreUnavailable` and `StoreCorrupted`. Answers are complete: no cursor stays open. */
export interface Statement {
  get(...parameters: SqlValue[]): Row | undefined;
  all(...parameters: SqlValue[]): Row[];
  run(...parameters: SqlValue[]): { readonly changes: number };
}

export interface StatementOptions {
  readonly sql: string;
  /** Named in errors. */
  readonly file: string;
  /** Called after each execution that may have changed something. */
  readonly changed: () => void;
}

export function prepareStatement(database: DatabaseSync, { sql, file, changed }: StatementOptions): Statement {
  const isChange = !/^\s*SELECT\b/i.test(sql);
  const guarded = <T>(execute: () => T): T => {
    try {
      const outcome = execute();
      if (isChange) changed();
      return outcome;
    } catch (error) {
      throw storageError(error, file);
    }
  };
  const statement = guarded(() => database.prepare(sql));
  return {
    get: (...parameters) => guarded(() => statement.get(...parameters)),
    all: (...parameters) => guarded(() => statement.all(...parameters)),
    run: (...parameters) => guarded(() => ({ changes: Number(statement.run(...parameters).changes) })),
  };
}
