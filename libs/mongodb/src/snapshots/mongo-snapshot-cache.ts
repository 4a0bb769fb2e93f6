import type { Snapshot, SnapshotCache } from '@tillroll/event-store';
import type { MongoConnection } from '../connection';

interface SnapshotDocument {
  readonly _id: string;
  readonly version: number;
  readonly revision: number;
  /** JSON: any state comes back as it was, whatever its field names are. */
  readonly state: string;
}

const COLLECTION = 'snapshots';
/** Folding the stream instead is never far slower. */
const LONGEST_LOAD_MS = 500;
/** What comes while so many are on their way is not kept. */
const SAVED_AT_ONCE = 32;

/** Snapshots in MongoDB. Without it, every stream is folded from its first event. */
export function openMongoSnapshotCache(connection: MongoConnection): SnapshotCache {
  const snapshots = connection.collection<SnapshotDocument>(COLLECTION);
  let onTheirWay = 0;

  async function save(_id: string, snapshot: Omit<SnapshotDocument, '_id'>): Promise<void> {
    if (onTheirWay >= SAVED_AT_ONCE) return;
    onTheirWay += 1;
    try {
      await snapshots.replaceOne({ _id }, snapshot, { upsert: true });
    } catch {
      // The one before is as good.
    } finally {
      onTheirWay -= 1;
    }
  }

  return {
    async load(streamId): Promise<Snapshot | undefined> {
      try {
        const found = await snapshots.findOne({ _id: streamId }, { timeoutMS: LONGEST_LOAD_MS });
        return found === null ? undefined : { version: found.version, revision: found.revision, state: JSON.parse(found.state) as unknown };
      } catch {
        return undefined;
      }
    },

    save(streamId, { version, revision, state }) {
      const text = JSON.stringify(state);
      void save(streamId, { version, revision, state: text });
      return text.length;
    },
  };
}
