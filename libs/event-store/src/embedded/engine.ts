import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * The one SQL file of the embedded topology, shared by the embedded adapters of all ports.
 * Writes of one turn of the event loop are committed together: one fsync answers all of them (group commit).
 */
export class EmbeddedEngine {
  private queue: PendingWrite[] = [];
  private scheduled = false;

  private constructor(private readonly database: DatabaseSync) {}

  static open(options: { readonly directory: string }): EmbeddedEngine {
    mkdirSync(options.directory, { recursive: true });
    const database = new DatabaseSync(join(options.directory, 'tillroll.db'));
    database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;');
    return new EmbeddedEngine(database);
  }

  /** For an adapter's own tables: `CREATE TABLE IF NOT EXISTS …`. */
  define(sql: string): void {
    this.database.exec(sql);
  }

  prepare(sql: string): StatementSync {
    return this.database.prepare(sql);
  }

  /**
   * Runs `work` (synchronous SQL only) in the next group and resolves with its result once it is on disk.
   * Works of one group run in the order of the calls; one that throws is undone alone and rejects alone.
   */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.scheduled) {
        this.scheduled = true;
        setImmediate(() => this.flush());
      }
    });
  }

  close(): Promise<void> {
    this.flush();
    this.database.close();
    return Promise.resolve();
  }

  private flush(): void {
    this.scheduled = false;
    const group = this.queue;
    this.queue = [];
    if (group.length === 0) return;
    const settle: (() => void)[] = [];
    this.database.exec('BEGIN IMMEDIATE');
    for (const { work, resolve, reject } of group) {
      this.database.exec('SAVEPOINT one');
      try {
        const value = work();
        settle.push(() => resolve(value));
      } catch (error) {
        this.database.exec('ROLLBACK TO one');
        settle.push(() => reject(error));
      }
      this.database.exec('RELEASE one');
    }
    this.database.exec('COMMIT');
    for (const done of settle) done();
  }
}

interface PendingWrite {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}
