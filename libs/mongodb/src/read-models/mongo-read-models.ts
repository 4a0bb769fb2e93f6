import { type BusLogger, silentLogger } from '@tillroll/event-bus';
import { StoreUnavailable } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import {
  type Document,
  type Found,
  type Generation,
  type GenerationWrite,
  indexServing,
  type ProjectionStore,
  type Query,
  type ReadModels,
  type ScannedDocument,
  type StoredDocument,
} from '@tillroll/read-models';
import { type Collection, MongoServerError } from 'mongodb';
import type { MongoConnection } from '../connection';
import { toStoreError } from '../storage-error';
import { type Dialect, dialectOf } from './dialect';
import { type CatalogEntry, GenerationCatalog, toGeneration } from './generation-catalog';
import { contentOf, guardsOf, toKeptGuards } from './kept-content';
import { RemovedDocuments } from './removed-documents';
import { indexKey, indexName, keysOf, mongoQuery } from './query-filter';
import type { KeptDocument, KeptGeneration } from './stored';

export interface MongoReadModelsOptions {
  readonly connection: MongoConnection;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  /** How long another process may go on reading a generation that was switched or dropped elsewhere. Default: 1 s. */
  readonly freshMs?: number;
  /** Documents of a dropped generation are kept so long: some may still read them. Default: 60 s. */
  readonly graceMs?: number;
  /** Default: as the server can. */
  readonly dialect?: Dialect;
}

const NAMESPACE_NOT_FOUND = 26;

const CONTENT = { document: 1, json: 1 } as const;
const NOT_REMOVED = { removedAt: { $exists: false } } as const;

const withContent = (found: readonly KeptDocument[]): readonly ScannedDocument[] =>
  found.flatMap((kept) => {
    const document = contentOf(kept);
    return document === undefined ? [] : [{ id: kept._id, document }];
  });


/** The read models in MongoDB, both sides. Any number of processes may read; two that write do each other no harm. */
export async function openMongoReadModels(options: MongoReadModelsOptions): Promise<MongoReadModels> {
  const readModels = new MongoReadModels(options);
  await readModels.open();
  return readModels;
}

export class MongoReadModels implements ReadModels, ProjectionStore {
  private readonly catalog: GenerationCatalog;
  private readonly connection: MongoConnection;
  private readonly clock: Clock;
  private readonly logger: BusLogger;
  private readonly freshMs: number;
  private readonly graceMs: number;
  private readonly dialect: Dialect;
  private entries: ReadonlyMap<number, CatalogEntry> = new Map();
  private live: ReadonlyMap<string, CatalogEntry> = new Map();
  private refreshing: Promise<void> | undefined;
  private isFresh = false;
  private readonly removed: RemovedDocuments;
  private readonly wakeUps = new Set<() => void>();
  private readonly removing = new Set<Promise<void>>();
  private isClosed = false;

  /** @internal */
  constructor({ connection, clock, logger = silentLogger, freshMs = 1_000, graceMs = 60_000, dialect = dialectOf(connection) }: MongoReadModelsOptions) {
    this.connection = connection;
    this.catalog = new GenerationCatalog(connection);
    this.clock = clock;
    this.removed = new RemovedDocuments(clock);
    this.logger = logger;
    this.freshMs = freshMs;
    this.graceMs = graceMs;
    this.dialect = dialect;
  }

  /** @internal Goes on with what another process has begun and not ended. */
  async open(): Promise<void> {
    await this.refresh();
    for (const { kept, projection } of this.entries.values()) {
      if (kept.state === 'dropping') this.removeLater({ kept, projection });
      else if (kept.state === 'live' && !kept.isIndexed) await this.buildIndexes(kept.id);
    }
  }

  async get<D extends Document>(projection: string, id: string): Promise<D | undefined> {
    const documents = this.documentsOf(await this.liveOf(projection));
    const found = await this.connection.run(() => documents.findOne({ _id: id }, { projection: CONTENT }));
    return found === null ? undefined : (contentOf(found) as D | undefined);
  }

  async find<D extends Document>(projection: string, query: Query): Promise<readonly Found<D>[]> {
    const live = await this.liveOf(projection);
    this.refuseUnlessServed(live, query);
    const { filter, sort } = mongoQuery(query);
    const found = await this.connection.run(() =>
      this.documentsOf(live).find(filter, { projection: CONTENT }).sort(sort).limit(query.limit).batchSize(query.limit + 1).toArray(),
    );
    return withContent(found) as readonly Found<D>[];
  }

  async generations(): Promise<readonly Generation[]> {
    const found = await this.catalog.withPositions();
    this.know(found.map(({ entry }) => entry));
    return found
      .filter(({ entry }) => entry.kept.state !== 'dropping')
      .map(({ entry, position }) => toGeneration(entry, position))
      .sort((a, b) => a.id - b.id);
  }

  async scan(generation: number, { after, limit }: { readonly after?: string; readonly limit: number }): Promise<readonly ScannedDocument[]> {
    const documents = this.documentsOf(await this.opened(generation));
    const filter = { ...NOT_REMOVED, ...(after === undefined ? {} : { _id: { $gt: after } }) };
    const found = await this.connection.run(() => documents.find(filter, { projection: CONTENT }).sort({ _id: 1 }).limit(limit).toArray());
    return withContent(found);
  }

  async count(generation: number): Promise<number> {
    const documents = this.documentsOf(await this.opened(generation));
    return this.connection.run(() => documents.countDocuments(NOT_REMOVED));
  }

  async create({ projection, version, indexes, state }: Pick<Generation, 'projection' | 'version' | 'indexes' | 'state'>): Promise<Generation> {
    const id = await this.catalog.newId();
    const kept: KeptGeneration = { id, version, indexes: JSON.stringify(indexes), state, isIndexed: false };
    try {
      await this.catalog.change(projection, (generations) => {
        if (generations.some((other) => other.state === state)) throw new Error(`${projection} has a ${state} generation already`);
        return [...generations, kept];
      });
    } catch (error) {
      await this.catalog.forgetPosition(id).catch(() => undefined);
      throw error;
    }
    await this.refresh();
    if (state === 'live') await this.buildIndexes(id);
    return { id, projection, version, indexes, state, position: 0 };
  }

  async load(generation: number, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, StoredDocument>> {
    const documents = this.documentsOf(await this.opened(generation));
    const found = await this.connection.run(() => this.dialect.findByIds(documents, [...ids], { projection: { ...CONTENT, guards: 1 } }));
    return new Map(found.map((kept) => [kept._id, { document: contentOf(kept), guards: guardsOf(kept.guards) }]));
  }

  async write(writes: readonly GenerationWrite[]): Promise<void> {
    await Promise.all(writes.map(async (write) => this.writeDocuments(write, await this.opened(write.generation))));
    const finished = writes.filter(({ unfinished }) => unfinished !== true);
    await Promise.all(finished.map(({ generation, position }) => this.catalog.setPosition(generation, position)));
  }

  /** What was written is durable already. */
  async flush(): Promise<void> {}

  async buildIndexes(generation: number): Promise<void> {
    const entry = await this.opened(generation);
    if (entry.kept.isIndexed) return;
    const specifications = entry.indexes.map((index) => ({ key: indexKey(index), name: indexName(index) }));
    // No limit of time: with many documents it takes minutes.
    await this.connection.run(() =>
      this.documentsOf(entry).createIndexes([...specifications, { key: { removedAt: 1 }, name: 'by_removedAt', sparse: true }], { timeoutMS: 0 }),
    );
    await this.changeOne(entry, (kept) => ({ ...kept, isIndexed: true }));
  }

  async promote(generation: number): Promise<void> {
    const { projection } = await this.opened(generation);
    await this.buildIndexes(generation);
    await this.catalog.change(projection, (generations) => {
      const live = generations.find(({ state }) => state === 'live');
      if (live?.id === generation) return generations;
      if (generations.some(({ id, state }) => state === 'previous' && id !== generation)) throw new Error(`${projection} has a previous generation still: drop it first`);
      if (!generations.some(({ id }) => id === generation)) throw new TypeError(`there is no generation ${generation}`);
      return generations.map((kept) => (kept.id === generation ? { ...kept, state: 'live' as const } : kept.id === live?.id ? { ...kept, state: 'previous' as const } : kept));
    });
    await this.refresh();
  }

  async drop(generation: number): Promise<void> {
    const entry = await this.opened(generation);
    await this.changeOne(entry, (kept) => ({ ...kept, state: 'dropping', droppedAt: new Date(this.clock.now()) }));
    this.removeLater(entry);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.removed.stop();
    for (const cancel of this.wakeUps) cancel();
    await Promise.all(this.removing);
  }

  private async writeDocuments({ position, documents }: GenerationWrite, entry: CatalogEntry): Promise<void> {
    if (documents.length === 0) return;
    const kept = documents.map(({ id, document, guards }): KeptDocument =>
      document === undefined
        ? { _id: id, position, guards: toKeptGuards(guards), removedAt: new Date(this.clock.now()) }
        : { _id: id, position, guards: toKeptGuards(guards), ...this.dialect.toContent(document), keys: keysOf(entry.indexes, document) },
    );
    const into = this.documentsOf(entry);
    await this.connection.run(() => this.dialect.writeGuarded(into, kept));
    if (documents.some(({ document }) => document === undefined)) this.removed.add(into);
  }

  private refuseUnlessServed(live: CatalogEntry, query: Query): void {
    try {
      indexServing(live.projection, live.indexes, query);
    } catch (error) {
      const isServedByAnother = [...this.entries.values()].some((other) => {
        if (other.projection !== live.projection || other.kept.state === 'dropping') return false;
        try {
          return indexServing(other.projection, other.indexes, query) !== undefined;
        } catch {
          return false;
        }
      });
      if (isServedByAnother) throw new StoreUnavailable(`${live.projection} is being rebuilt for this query`);
      throw error;
    }
  }

  private async liveOf(projection: string): Promise<CatalogEntry> {
    if (!this.isFresh) await this.refresh();
    const live = this.live.get(projection);
    if (live === undefined) throw new TypeError(`no projection ${projection} is live`);
    return live;
  }

  private async opened(generation: number): Promise<CatalogEntry> {
    if (!this.entries.has(generation)) await this.refresh();
    const entry = this.entries.get(generation);
    if (entry === undefined || entry.kept.state === 'dropping') throw new TypeError(`there is no generation ${generation}`);
    return entry;
  }

  private refresh(): Promise<void> {
    this.refreshing ??= this.catalog
      .all()
      .then((entries) => this.know(entries))
      .finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private know(entries: readonly CatalogEntry[]): void {
    this.entries = new Map(entries.map((entry) => [entry.kept.id, entry]));
    this.live = new Map(entries.filter(({ kept }) => kept.state === 'live').map((entry) => [entry.projection, entry]));
    if (this.isFresh || this.isClosed) return;
    this.isFresh = true;
    this.wakeIn(this.freshMs, () => (this.isFresh = false));
  }

  private async changeOne({ projection, kept: { id } }: CatalogEntry, change: (kept: KeptGeneration) => KeptGeneration): Promise<void> {
    await this.catalog.change(projection, (generations) => generations.map((kept) => (kept.id === id ? change(kept) : kept)));
    await this.refresh();
  }

  /** Whoever reads them still is given time to notice. A crash leaves it to the next opening, of whatever process. */
  private removeLater(entry: Pick<CatalogEntry, 'kept' | 'projection'>): void {
    this.wakeIn(this.graceMs, () => {
      const removal = this.remove(entry)
        .catch((error: unknown) => this.logger.warn({ generation: entry.kept.id, error: String(error) }, 'a dropped generation is still there'))
        .finally(() => this.removing.delete(removal));
      this.removing.add(removal);
    });
  }

  private async remove({ kept, projection }: Pick<CatalogEntry, 'kept' | 'projection'>): Promise<void> {
    await this.documentsOf({ kept, projection }).drop().catch((error: unknown) => {
      if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_NOT_FOUND) throw toStoreError(error);
    });
    await this.catalog.change(projection, (generations) => generations.filter(({ id }) => id !== kept.id));
    await this.catalog.forgetPosition(kept.id);
  }

  private wakeIn(ms: number, callback: () => void): void {
    const cancel = this.clock.wakeAt(this.clock.now() + ms, () => {
      this.wakeUps.delete(cancel);
      callback();
    });
    this.wakeUps.add(cancel);
  }

  private documentsOf({ projection, kept: { id } }: Pick<CatalogEntry, 'kept' | 'projection'>): Collection<KeptDocument> {
    return this.connection.collection<KeptDocument>(`${projection}.${id}`);
  }
}
