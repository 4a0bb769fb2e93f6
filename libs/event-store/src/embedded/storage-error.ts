import { isNativeError } from 'node:util/types';
import { StoreCorrupted, StoreUnavailable } from '../port';

/** Primary result codes of SQLite, https://sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const UNAVAILABLE = new Set([3 /* PERM */, BUSY, LOCKED, 7 /* NOMEM */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */, 15 /* PROTOCOL */, 22 /* NOLFS */]);
const CORRUPTED = new Set([CORRUPT, NOT_A_DATABASE]);

/** The primary result code of an error that the SQL engine threw; undefined for any other error. `instanceof` fails across realms. */
function resultCode(error: unknown): number | undefined {
  return isNativeError(error) && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export const isBusy = (error: unknown): boolean => [BUSY, LOCKED].includes(resultCode(error) ?? -1);

/** True for errors after which nothing of the running transaction may be kept. */
export const endsTransaction = (error: unknown): boolean => error instanceof StoreUnavailable || error instanceof StoreCorrupted;

/** An engine or file system error as a typed error of the port that names the file; any other error as it is. */
export function storageError(error: unknown, file: string): unknown {
  const code = resultCode(error);
  const message = isNativeError(error) ? error.message : String(error);
  if (code !== undefined && CORRUPTED.has(code)) return new StoreCorrupted(`${file} is corrupted: ${message}`, { cause: error });
  if (code !== undefined && UNAVAILABLE.has(code)) return new StoreUnavailable(`${file}: ${message}`, { cause: error });
  if (isNativeError(error) && 'syscall' in error) return new StoreUnavailable(`${file}: ${message}`, { cause: error });
  return error;
}
