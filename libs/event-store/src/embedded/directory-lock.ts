import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy, storageError } from './storage-error';

/** Another process (or another engine of this one) works on the directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
  constructor(readonly directory: string) {
    super(`the data directory ${directory} is in use by another process`);
  }
}

/** Held by the operating system for as long as the process lives: `kill -9` frees it. */
export interface DirectoryLock {
  /** The directory holds a finished database, or did so once. */
  readonly used: boolean;
  markUsed(): void;
  release(): void;
}

const FILE = 'tillroll.lock';

/** As long as {@link isDirectoryInUse} in another process can hold the file, and longer. */
const PROBE_MS = 100;

/**
 * A database beside the real one, locked exclusively: the real one stays open to read-only processes.
 * Trap: file locks of POSIX end when *any* descriptor of the file is closed by the process, so nothing else in it may open this file.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = join(directory, FILE);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: PROBE_MS });
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL; BEGIN EXCLUSIVE; COMMIT;');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
    const held = database;
    return {
      used: version !== 0,
      markUsed: () => held.exec('PRAGMA user_version=1'),
      release: () => held.close(),
    };
  } catch (error) {
    database?.close();
    throw isBusy(error) ? new DirectoryInUse(directory) : storageError(error, file);
  }
}

/** Whether a process works on the directory now. Never to be asked by that process itself: see the trap above. */
export function isDirectoryInUse(directory: string): boolean {
  const file = join(directory, FILE);
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.prepare('PRAGMA user_version').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw storageError(error, file);
  } finally {
    database.close();
  }
}
