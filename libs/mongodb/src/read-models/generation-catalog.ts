import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '@tillroll/event-store';
import type { CollectionIndex, Generation } from '@tillroll/read-models';
import type { MongoConnection } from '../connection';
import { isDuplicateKey } from '../storage-error';
import { indexesOf, type KeptGeneration, type KeptPosition, type KeptProjection } from './stored';

/** A generation, and whether it can be queried quickly. */
export interface CatalogEntry {
  readonly projection: string;
  readonly kept: KeptGeneration;
  readonly indexes: readonly CollectionIndex[];
}

const [PROJECTIONS, POSITIONS] = ['projections', 'projection_positions'];
/** Somebody else changed the generations of the same projection in between, so often. */
const MOST_ATTEMPTS = 20;

/** The list of all generations, shared by all processes. */
export class GenerationCatalog {
  private readonly projections;
  private readonly positions;

  constructor(private readonly connection: MongoConnection) {
    this.projections = connection.collection<KeptProjection>(PROJECTIONS);
    this.positions = connection.collection<KeptPosition>(POSITIONS);
  }

  /** Also those that are being dropped. */
  async all(): Promise<readonly CatalogEntry[]> {
    const projections = await this.connection.run(() => this.projections.find({}).toArray());
    return projections.flatMap(({ _id, generations }) => generations.map((kept) => ({ projection: _id, kept, indexes: indexesOf(kept) })));
  }

  async withPositions(): Promise<readonly { readonly entry: CatalogEntry; readonly position: number }[]> {
    // In this order: the position of a generation that has just begun would be missing otherwise.
    const entries = await this.all();
    const positions = new Map((await this.connection.run(() => this.positions.find({}).toArray())).map(({ _id, position }) => [_id, position]));
    return entries.map((entry) => ({ entry, position: positions.get(String(entry.kept.id)) ?? 0 }));
  }

  /** A number that no generation has or had lately, with the position 0. */
  async newId(): Promise<number> {
    return this.connection.run(async () => {
      const ids = (await this.positions.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => Number(_id));
      for (let id = Math.max(0, ...ids) + 1; ; id++) {
        try {
          await this.positions.insertOne({ _id: String(id), position: 0 });
          return id;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }
    });
  }

  /** Later positions stay. */
  async setPosition(id: number, position: number): Promise<void> {
    const { matchedCount } = await this.connection.run(() => this.positions.updateOne({ _id: String(id) }, { $max: { position } }));
    if (matchedCount === 0) throw new TypeError(`there is no generation ${id}`);
  }

  async forgetPosition(id: number): Promise<void> {
    await this.connection.run(() => this.positions.deleteOne({ _id: String(id) }));
  }

  /** Changes the generations of a projection in one step; what `change` throws leaves them as they are. */
  async change(projection: string, change: (generations: readonly KeptGeneration[]) => readonly KeptGeneration[]): Promise<void> {
    await this.connection.run(async () => {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const before = await this.projections.findOne({ _id: projection });
        const generations = change(before?.generations ?? []);
        if (await this.replace(projection, before?.revision, generations)) return;
      }
      throw new StoreUnavailable(`the generations of ${projection} are being changed by others all the time`);
    });
  }

  private async replace(_id: string, revision: string | undefined, generations: readonly KeptGeneration[]): Promise<boolean> {
    const next = { revision: randomUUID(), generations };
    if (revision !== undefined) return (await this.projections.replaceOne({ _id, revision: { $eq: revision } }, next)).matchedCount === 1;
    try {
      await this.projections.insertOne({ _id, ...next });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

export const toGeneration = ({ projection, kept: { id, version, state }, indexes }: CatalogEntry, position: number): Generation => ({
  id, projection, version, indexes, state: state as Generation['state'], position,
});
