import { Worker } from 'node:worker_threads';

/** In a thread of its own: copying pages and syncing the database file takes tens of milliseconds. */
const CHECKPOINT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(workerData.file);
  database.exec('PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA busy_timeout=0');
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  parentPort.on('message', (isWanted) => {
    if (!isWanted) {
      database.close();
      return parentPort.close();
    }
    try {
      checkpoint.get();
    } catch {}
    parentPort.postMessage(undefined);
  });
`;

/**
 * Folds the write-ahead log into the database file beside the event loop, in two passes: the first copies most pages
 * while the engine goes on writing, the second the few that came meanwhile, while it does not write. Only then the log
 * can begin anew. A pass that fails (disk full) is made up for by a later one.
 */
export class Checkpointer {
  private worker: Worker | undefined;
  private pass: (() => void) | undefined;
  private state: 'idle' | 'first pass' | 'second pass due' = 'idle';
  private firstPass: Promise<void> | undefined;
  private changes = 0;

  constructor(
    private readonly file: string,
    /** Changed rows, each of which dirties about a page. */
    private readonly everyChanges: number,
  ) {}

  /** After a commit that changed so many rows. What it returns is to be waited for before the next write: who writes faster than is folded waits. */
  committed(changes: number): Promise<void> | undefined {
    this.changes += changes;
    if (this.state === 'second pass due') {
      this.state = 'idle';
      this.changes = 0;
      return this.run();
    }
    if (this.state === 'idle' && this.changes >= this.everyChanges) {
      this.state = 'first pass';
      this.firstPass = this.run().then(() => void (this.state = 'second pass due'));
    }
    return this.changes >= 2 * this.everyChanges ? this.firstPass : undefined;
  }

  /** Lets go of the file, so that whoever closes it last may remove its log. */
  close(): Promise<void> {
    const { worker } = this;
    if (worker === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      worker.once('exit', () => resolve());
      worker.ref();
      worker.postMessage(false);
    });
  }

  private run(): Promise<void> {
    return new Promise((resolve) => {
      this.pass = resolve;
      const worker = this.started();
      worker.ref();
      worker.postMessage(true);
    });
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(CHECKPOINT, { eval: true, workerData: { file: this.file }, execArgv: [] });
    worker.on('message', () => this.ended());
    worker.on('error', () => this.ended());
    worker.on('exit', () => {
      this.worker = undefined;
      this.ended();
    });
    return (this.worker = worker);
  }

  private ended(): void {
    const { pass } = this;
    this.pass = undefined;
    this.worker?.unref();
    pass?.();
  }
}
