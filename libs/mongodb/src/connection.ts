import { StoreUnavailable } from '@tillroll/event-store';
import { type Clock, sleep, systemClock } from '@tillroll/kernel';
import { type Collection, type Db, type Document, MongoClient, MongoParseError, MongoServerError, ReadConcern } from 'mongodb';
import { toStoreError } from './storage-error';
import { WatchedClient } from './watched-client';

export interface MongoOptions {
  /** With the credentials and TLS options in it, if any: `mongodb://user:password@host:27017/tillroll?tls=true`. Never logged. */
  readonly url: string;
  readonly clock?: Clock;
  /** So long the server may take to answer for the first time. Default: 30 s. */
  readonly waitMs?: number;
  /** No command takes longer than this, with all its repetitions. Default: 5 s. */
  readonly timeoutMs?: number;
  /** Default: 20. */
  readonly mostConnections?: number;
}

const DATABASE = 'tillroll';
const SELECTION_MS = 2_000;
const PING_MS = 1_500;
const RETRY_MS = 250;

/**
 * A pool of connections to one database. Writes are acknowledged by the majority, reads see nothing that could be
 * rolled back. Whatever happens to the server, it goes on by itself afterwards.
 */
export interface MongoConnection {
  readonly databaseName: string;
  /**
   * True for FerretDB on SQLite, which stands in for MongoDB where there is none: it finds by nothing but a whole id
   * quickly, and its updates are no single step.
   */
  readonly isFerretDb: boolean;
  collection<D extends Document & { _id: string }>(name: string): Collection<D>;
  /** Gives what the work gives. Rejects with `StoreUnavailable` in place of all errors that tell of the server's state. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** For readiness: resolves within two seconds, and never rejects. */
  isAnswering(): Promise<boolean>;
  close(): Promise<void>;
}

/** Resolves once the server has answered. Rejects with `StoreUnavailable` when it does not in time, with a `TypeError` for an address that is none. */
export async function openMongo({ url, clock = systemClock, waitMs = 30_000, timeoutMs = 5_000, mostConnections = 20 }: MongoOptions): Promise<MongoConnection> {
  const client = new WatchedClient(() => clientFor(url, timeoutMs, mostConnections));
  const name = databaseIn(url);
  try {
    const { isFerretDb, isReplicated } = await firstAnswer(() => client.current.db(name), clock, waitMs);
    // A server of its own has nothing that could be rolled back, and need not know of majorities.
    const readConcern = new ReadConcern(isReplicated ? 'majority' : 'local');
    return connection(client, () => client.current.db(name, { readConcern }), isFerretDb);
  } catch (error) {
    await client.close();
    throw error;
  }
}

function connection(client: WatchedClient, db: () => Db, isFerretDb: boolean): MongoConnection {
  return {
    databaseName: db().databaseName,
    isFerretDb,
    collection: (name) => presentOf(() => db().collection(name)),

    async run(work) {
      try {
        return await work();
      } catch (error) {
        throw toStoreError(error);
      }
    },

    isAnswering: () => db().command({ ping: 1 }, { timeoutMS: PING_MS }).then(() => true, () => false),
    close: () => client.close(),
  };
}

/** Stands for whatever `present` gives at the time of each call. */
const presentOf = <T extends object>(present: () => T): T =>
  new Proxy(present(), {
    get(_, name) {
      const now = present();
      const value: unknown = Reflect.get(now, name, now);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(now) : value;
    },
  });

function clientFor(url: string, timeoutMS: number, maxPoolSize: number): MongoClient {
  try {
    return new MongoClient(url, {
      appName: 'tillroll',
      serverSelectionTimeoutMS: SELECTION_MS,
      connectTimeoutMS: SELECTION_MS,
      timeoutMS,
      maxPoolSize,
      maxIdleTimeMS: 60_000,
      heartbeatFrequencyMS: 2_000,
      writeConcern: { w: 'majority', journal: true },
      readPreference: 'primary',
      // As in JSON: what is undefined is left out.
      ignoreUndefined: true,
    });
  } catch (error) {
    // The driver's own message repeats the address, password and all.
    const why = error instanceof MongoParseError && !error.message.includes(url) ? `: ${error.message}` : '';
    throw new TypeError(`the address of MongoDB is none; it is written like mongodb://user:password@host:27017/${DATABASE}${why}`);
  }
}

const databaseIn = (url: string): string => decodeURIComponent(/^mongodb(?:\+srv)?:\/\/[^/]*\/([^?]+)/.exec(url)?.[1] ?? DATABASE);

interface KindOfServer {
  readonly isFerretDb: boolean;
  /** A replica set, or shards of them. */
  readonly isReplicated: boolean;
}

async function firstAnswer(db: () => Db, clock: Clock, waitMs: number): Promise<KindOfServer> {
  let waiting = true;
  const cancel = clock.wakeAt(clock.now() + waitMs, () => (waiting = false));
  try {
    for (;;) {
      try {
        const [build, hello] = [await db().command({ buildInfo: 1 }), await db().command({ hello: 1 })];
        return {
          isFerretDb: build['ferretdbVersion'] !== undefined || build['ferretdb'] !== undefined,
          isReplicated: hello['setName'] !== undefined || hello['msg'] === 'isdbgrid',
        };
      } catch (error) {
        const failure = toStoreError(error);
        if (!(failure instanceof StoreUnavailable)) throw error instanceof MongoServerError ? new Error(`MongoDB refuses the connection: ${error.message}`) : failure;
        if (!waiting) throw failure;
      }
      await sleep(clock, RETRY_MS);
    }
  } finally {
    cancel();
  }
}
