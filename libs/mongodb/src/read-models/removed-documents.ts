import type { Clock } from '@tillroll/kernel';
import type { Collection } from 'mongodb';
import type { KeptDocument } from './stored';

const SWEEP_EVERY_MS = 10 * 60_000;
/** A writer that was frozen for longer than this would bring removed documents back. */
const REMEMBERED_MS = 60 * 60_000;

/** Forgets removed documents once no event that they stop can come again. */
export class RemovedDocuments {
  private readonly collections = new Map<string, Collection<KeptDocument>>();
  private cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Documents of the collection were removed. */
  add(documents: Collection<KeptDocument>): void {
    this.collections.set(documents.collectionName, documents);
    this.cancel ??= this.clock.wakeAt(this.clock.now() + SWEEP_EVERY_MS, () => void this.sweep());
  }

  stop(): void {
    this.cancel?.();
    this.cancel = () => undefined;
  }

  private async sweep(): Promise<void> {
    const before = new Date(this.clock.now() - REMEMBERED_MS);
    for (const [name, documents] of this.collections) {
      try {
        await documents.deleteMany({ removedAt: { $lt: before } });
        if ((await documents.findOne({ removedAt: { $exists: true } })) === null) this.collections.delete(name);
      } catch {
        // It is tried again.
      }
    }
    this.cancel = this.collections.size === 0 ? undefined : this.clock.wakeAt(this.clock.now() + SWEEP_EVERY_MS, () => void this.sweep());
  }
}
