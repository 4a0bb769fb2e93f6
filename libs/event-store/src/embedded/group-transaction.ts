import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../port';
import { endsTransaction, storageError } from './storage-error';

/** A piece of synchronous SQL that somebody waits for. */
export interface Work {
  readonly run: () => unknown;
  /** If it throws, then before its first change. */
  readonly throwsBeforeChanges: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Commits works together, each of them whole or not at all. */
export class GroupTransaction {
  private changes = 0;
  private readonly statements: Record<'begin' | 'commit' | 'savepoint' | 'release' | 'undo', StatementSync>;

  constructor(
    private readonly database: DatabaseSync,
    private readonly file: string,
  ) {
    this.statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      savepoint: database.prepare('SAVEPOINT work'),
      release: database.prepare('RELEASE work'),
      undo: database.prepare('ROLLBACK TO work'),
    };
  }

  /** A statement has changed something. */
  readonly changed = (): void => {
    this.changes++;
  };

  /** How many statements have changed something since the last call. */
  takeChanges(): number {
    const { changes } = this;
    this.changes = 0;
    return changes;
  }

  /**
   * Runs the works in order and commits. Returns how each is to be settled once that is on disk; a work that throws
   * is undone alone. Throws when nothing of the group can be kept: then {@link rollBack}.
   */
  commit(group: readonly Work[]): readonly (() => void)[] {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    this.statements.begin.run();
    const settled = group.map((work) => (work.throwsBeforeChanges ? this.plainly(work) : this.undoably(work)));
    this.statements.commit.run();
    return settled;
  }

  /** A full disk may have ended the transaction already; one that cannot be ended now is ended before the next group. */
  rollBack(): void {
    try {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      return;
    }
  }

  private undoably({ run, resolve, reject }: Work): () => void {
    const { savepoint, release, undo } = this.statements;
    savepoint.run();
    try {
      const value = run();
      release.run();
      return () => resolve(value);
    } catch (error) {
      const failure = this.failureOf(error);
      undo.run();
      release.run();
      return () => reject(failure);
    }
  }

  private plainly({ run, resolve, reject }: Work): () => void {
    const before = this.changes;
    try {
      const value = run();
      return () => resolve(value);
    } catch (error) {
      const failure = this.failureOf(error);
      if (this.changes !== before) throw new StoreUnavailable(`${this.file}: a write failed halfway, and its group with it`, { cause: failure });
      return () => reject(failure);
    }
  }

  /** Throws it when it ends the transaction. */
  private failureOf(error: unknown): unknown {
    const failure = storageError(error, this.file);
    if (endsTransaction(failure)) throw failure;
    return failure;
  }
}
