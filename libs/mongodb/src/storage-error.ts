import { StoreUnavailable } from '@tillroll/event-store';
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
  MongoUnexpectedServerResponseError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';

const OUTAGES = [
  MongoClientClosedError, MongoExpiredSessionError, MongoNetworkError, MongoNotConnectedError, MongoOperationTimeoutError, MongoServerClosedError,
  MongoSystemError, MongoTopologyClosedError, MongoUnexpectedServerResponseError, MongoWriteConcernError,
] as const;

/** Codes that tell of the server's state, not of what was asked of it. */
const OF_THE_SERVER: ReadonlySet<number> = new Set([
  1, // InternalError
  6, 7, 89, 9001, // hosts and sockets
  24, 50, 112, 262, // locks and time limits
  64, 79, 100, // write concerns
  91, 189, 10058, 10107, 11600, 11602, 13388, 13435, 13436, // not primary, shutting down
  133, 134, 211, 317, 349, // elections, pools, read concerns
  14031, // OutOfDiskSpace
  462, // system overloaded
]);

const DUPLICATE_KEY = 11_000;

/** What the ports promise to reject with: `StoreUnavailable` when it may be tried again, the error itself otherwise. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof StoreUnavailable || !isOutage(error)) return error;
  return new StoreUnavailable(`MongoDB cannot be reached or cannot write: ${error.message}`, { cause: error });
}

function isOutage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (OUTAGES.some((kind) => error instanceof kind)) return true;
  // Without an error of a single document, the whole bulk has failed: the connection, mostly.
  if (error instanceof MongoBulkWriteError) return writeErrorCodes(error).every((code) => OF_THE_SERVER.has(code));
  if (error instanceof MongoServerError) return OF_THE_SERVER.has(Number(error.code)) || error.hasErrorLabel('RetryableWriteError');
  return false;
}

export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && !(error instanceof MongoBulkWriteError) && error.code === DUPLICATE_KEY;

/** True when nothing but duplicate keys went wrong in an unordered bulk: all else was written. */
export const hasOnlyDuplicateKeys = (error: unknown): error is MongoBulkWriteError =>
  error instanceof MongoBulkWriteError && writeErrorCodes(error).length > 0 && writeErrorCodes(error).every((code) => code === DUPLICATE_KEY);

/** The places in an unordered bulk of what met a duplicate key. */
export const duplicatesOf = (error: MongoBulkWriteError): readonly number[] => writeErrorsOf(error).map(({ index }) => index);

const writeErrorsOf = ({ writeErrors }: MongoBulkWriteError): readonly WriteError[] => [writeErrors].flat();
const writeErrorCodes = (error: MongoBulkWriteError): readonly number[] => writeErrorsOf(error).map(({ code }) => Number(code));
