import { closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreCorrupted, StoreUnavailable } from '../port';
import { Checkpointer } from './checkpointer';
import { type DirectoryLock, lockDirectory } from './directory-lock';
import { GroupTransaction, type Work } from './group-transaction';
import { prepareStatement, type Statement } from './statement';
import { isBusy, storageError } from './storage-error';
import { damageOfLog } from './write-ahead-log';

export interface EngineOptions {
  /** Created when it does not exist. */
  readonly directory: string;
  /** Reads beside a process that writes; takes no lock and creates nothing. Default: false. */
  readonly readOnly?: boolean;
  /** With `readOnly`: takes the lock after all, so that nobody writes meanwhile, and looks for damage first. Default: false. */
  readonly alone?: boolean;
}

export interface WriteOptions {
  /**
   * A promise: if the work throws, then before its first change. It is then spared a savepoint, which costs as much as
   * several changes. A work that breaks the promise undoes its whole group. Default: false.
   */
  readonly throwsBeforeChanges?: boolean;
}

/** A group is cut here so that a burst of writes does not keep the event loop for long. */
const LARGEST_GROUP = 1_000;

/** About 16 MiB of log as a rule. */
const CHECKPOINT_AFTER_CHANGES = 4_000;

/** The engine itself folds a log that has become so long in spite of that. */
const LOG_PAGES_AT_MOST = 20_000;

/** Only a reader that opens the file at the same moment can make the engine wait. */
const BUSY_TIMEOUT_MS = 1_000;

/** Marks the file as ours (https://sqlite.org/pragma.html#pragma_application_id): "till". */
const APPLICATION_ID = 0x74696c6c;

/**
 * The one SQL file of the embedded topology, shared by the embedded adapters of all ports.
 * Writes that wait together are committed together: one fsync answers all of them (group commit). The fsync runs beside
 * the event loop, one at a time; what is written meanwhile makes the next group (docs/adr/0006-fsync-beside-the-event-loop.md).
 */
export class EmbeddedEngine {
  private queue: Work[] = [];
  private scheduled = false;
  private closed = false;
  /** The group that is committed and on its way to the disk. */
  private syncing: Promise<void> | undefined;
  /** Open from the first write on: that makes the log. */
  private logDescriptor: number | undefined;
  /** After a failed fsync nobody knows what is on disk, and a second one would not tell (fsync(2), EIO). */
  private broken: StoreUnavailable | undefined;
  private readonly groupListeners: ((committed: boolean) => void)[] = [];
  private readonly transaction: GroupTransaction;
  private readonly checkpointer: Checkpointer;

  private constructor(
    private readonly database: DatabaseSync,
    private readonly lock: DirectoryLock | undefined,
    readonly directory: string,
    /** The path of the database file. */
    readonly file: string,
    readonly readOnly: boolean,
  ) {
    this.transaction = new GroupTransaction(database, file);
    this.checkpointer = new Checkpointer(file, CHECKPOINT_AFTER_CHANGES);
  }

  /**
   * Throws `DirectoryInUse` while another process has it, `StoreUnavailable` when the directory cannot be written,
   * `StoreCorrupted` when the file is not a database of ours.
   */
  static open(options: EngineOptions): EmbeddedEngine {
    if (options.readOnly !== true) return openAlone(options.directory);
    return options.alone === true ? openStopped(options.directory) : openBeside(options.directory);
  }

  /** @internal */
  static of(database: DatabaseSync, lock: DirectoryLock | undefined, directory: string, { file, readOnly }: { readonly file: string; readonly readOnly: boolean }): EmbeddedEngine {
    return new EmbeddedEngine(database, lock, directory, file, readOnly);
  }

  /**
   * For an adapter's own tables: `CREATE TABLE IF NOT EXISTS …`; on disk when it returns. Does nothing on a read-only engine.
   */
  define(sql: string): void {
    if (this.readOnly) return;
    this.guarded(() => {
      this.transaction.changed();
      this.database.exec(sql);
      // Of two commits that have not reached the disk a crash could keep the second, which looks like damage.
      fdatasyncSync(this.log());
    });
  }

  prepare(sql: string): Statement {
    return prepareStatement(this.database, { sql, file: this.file, changed: this.transaction.changed });
  }

  /**
   * Runs `work` (synchronous SQL only) in the next group and resolves with its result once it is on disk.
   * Works of one group run in the order of the calls; one that throws is undone alone and rejects alone.
   * Rejects with `StoreUnavailable` when the group could not be committed (disk full): nothing of it was written.
   */
  write<T>(work: () => T, { throwsBeforeChanges = false }: WriteOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) return reject(new StoreUnavailable(`${this.file} is closed`));
      if (this.broken !== undefined) return reject(this.broken);
      if (this.readOnly) return reject(new StoreUnavailable(`${this.file} is open for reading only`));
      this.queue.push({ run: work, throwsBeforeChanges, resolve: resolve as (value: unknown) => void, reject });
      this.schedule();
    });
  }

  /**
   * Like {@link write}, and wherever the work deletes, overwrites or moves bytes, zeros are left behind. For the few
   * tables where that matters, in all their writes: it makes every page that is freed a page to write.
   */
  writeWithoutTraces<T>(work: () => T): Promise<T> {
    return this.write(() => {
      this.database.exec('PRAGMA secure_delete=ON');
      try {
        return work();
      } finally {
        this.database.exec('PRAGMA secure_delete=OFF');
      }
    });
  }

  /**
   * Calls back after each group, in the turn in which it ended and before anyone who waits for its writes goes on:
   * with `true` when it is on disk, with `false` when nothing of it was kept.
   */
  onGroupEnd(listener: (committed: boolean) => void): void {
    this.groupListeners.push(listener);
  }

  /**
   * Resolves once what {@link writeWithoutTraces} took away before the call is nowhere left in the database file or its
   * log. Waits for readers in other processes to finish what they read. For content that must surely be gone, overwrite
   * it in place (same length) rather than delete it: pages that were rebalanced may keep copies of moved rows.
   */
  async scrub(): Promise<void> {
    await this.write(() => undefined);
    while (!this.checkpoint()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Finishes queued writes, folds the log into the database file and frees the directory. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    while (this.syncing !== undefined || this.queue.length > 0) {
      await this.syncing;
      this.flush();
    }
    await this.checkpointer.close();
    this.database.close();
    if (this.logDescriptor !== undefined) closeSync(this.logDescriptor);
    this.lock?.release();
  }

  /** Reads the whole file; throws `StoreCorrupted` when its structure is damaged. Takes seconds for a large file. */
  verify(): void {
    const found = this.guarded(() => this.database.prepare('PRAGMA quick_check').get());
    if (found?.quick_check !== 'ok') throw new StoreCorrupted(`${this.file} is corrupted: ${String(found?.quick_check)}`);
  }

  private checkpoint(): boolean {
    if (this.closed) throw new StoreUnavailable(`${this.file} is closed`);
    try {
      this.database.exec('PRAGMA busy_timeout=0');
      return this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
    } catch (error) {
      if (isBusy(error)) return false;
      throw storageError(error, this.file);
    } finally {
      this.database.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`);
    }
  }

  private guarded<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw storageError(error, this.file);
    }
  }

  private schedule(): void {
    if (this.scheduled || this.syncing !== undefined) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.syncing !== undefined) return;
    const group = this.queue.splice(0, LARGEST_GROUP);
    if (group.length === 0) return;
    try {
      const settled = this.guarded(() => this.transaction.commit(group));
      const folded = this.checkpointer.committed(this.transaction.takeChanges());
      this.syncing = (folded === undefined ? this.sync() : Promise.all([this.sync(), folded])).then(
        () => this.end(true, settled),
        (error: unknown) => this.breakDown(group, error),
      );
    } catch (error) {
      this.transaction.rollBack();
      this.end(false, group.map(({ reject }) => () => reject(error)));
    }
  }

  private log(): number {
    this.logDescriptor ??= openSync(`${this.file}-wal`, 'r');
    return this.logDescriptor;
  }

  private sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.log(), (error) => (error === null ? resolve() : reject(error)));
    });
  }

  private end(committed: boolean, settled: readonly (() => void)[]): void {
    this.syncing = undefined;
    for (const listener of this.groupListeners) listener(committed);
    for (const settle of settled) settle();
    if (this.queue.length > 0) this.schedule();
  }

  private breakDown(group: readonly Work[], cause: unknown): void {
    const broken = new StoreUnavailable(`${this.file} could not be written to disk; start again to go on from what is there`, { cause });
    this.broken = broken;
    const waiting = this.queue.splice(0);
    this.end(false, [...group, ...waiting].map(({ reject }) => () => reject(broken)));
  }
}

const databaseFile = (directory: string): string => join(directory, 'tillroll.db');

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function openAlone(directory: string): EmbeddedEngine {
  const file = databaseFile(directory);
  let lock: DirectoryLock | undefined;
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true });
    lock = lockDirectory(directory);
    if (sizeOf(file) === 0 && (lock.used || sizeOf(`${file}-wal`) > 0)) {
      throw new StoreCorrupted(`${file} is missing or empty, though the directory was in use; to begin anew, empty ${directory}`);
    }
    refuseDamagedLog(file);
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=${LOG_PAGES_AT_MOST}`);
    if (isEmpty(database)) database.exec(`PRAGMA application_id=${APPLICATION_ID}`);
    refuseForeign(database, file);
    if (!lock.used) lock.markUsed();
    // From here on the engine syncs by itself.
    database.exec('PRAGMA synchronous=NORMAL');
    return EmbeddedEngine.of(database, lock, directory, { file, readOnly: false });
  } catch (error) {
    database?.close();
    lock?.release();
    throw storageError(error, file);
  }
}

function openBeside(directory: string): EmbeddedEngine {
  const file = databaseFile(directory);
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    refuseForeign(database, file);
    return EmbeddedEngine.of(database, undefined, directory, { file, readOnly: true });
  } catch (error) {
    throw storageError(error, file);
  }
}

function openStopped(directory: string): EmbeddedEngine {
  const file = databaseFile(directory);
  if (sizeOf(file) === 0) throw new StoreUnavailable(`${file}: there is no shop in this directory`);
  const lock = lockDirectory(directory);
  let database: DatabaseSync | undefined;
  try {
    refuseDamagedLog(file);
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    refuseForeign(database, file);
    return EmbeddedEngine.of(database, lock, directory, { file, readOnly: true });
  } catch (error) {
    database?.close();
    lock.release();
    throw storageError(error, file);
  }
}

function refuseDamagedLog(file: string): void {
  const damage = sizeOf(`${file}-wal`) > 0 ? damageOfLog(`${file}-wal`) : undefined;
  if (damage !== undefined) throw new StoreCorrupted(`${file}-wal is corrupted: ${damage}`);
}

const isEmpty = (database: DatabaseSync): boolean => database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;

function refuseForeign(database: DatabaseSync, file: string): void {
  const { application_id: id } = database.prepare('PRAGMA application_id').get() ?? {};
  if (id !== APPLICATION_ID) throw new StoreCorrupted(`${file} is not a database of this shop`);
}
