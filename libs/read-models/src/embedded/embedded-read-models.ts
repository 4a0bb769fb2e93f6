import { type EmbeddedEngine, StoreUnavailable } from '@tillroll/event-store';
import type { Document, Found, Query, ReadModels } from '../port';
import type { Generation, GenerationWrite, ProjectionStore, ScannedDocument, StoredDocument } from '../projection-store';
import { type CachedDocument, DocumentCache } from './document-cache';
import { creatingStatements, type DocumentTable, documentTable, droppingStatement, indexingStatements, unindexingStatements } from './document-table';
import { findWithStaged } from './find-with-staged';
import { type GenerationsTable, generationsTable } from './generations-table';
import type { StagedDocument, StagedDocuments, StagedGeneration } from './staged-documents';
import { WriteBehind } from './write-behind';

type WritingEngine = Pick<EmbeddedEngine, 'define' | 'prepare' | 'write'>;

export interface EmbeddedReadModelsOptions {
  readonly engine: WritingEngine;
  /** How much JSON, in characters, is kept parsed; four to six times that in bytes of memory. Default: 6 million. */
  readonly cachedCharacters?: number;
}

const CACHED_CHARACTERS = 6_000_000;
/** So many rows are removed in one write: bounds how long it keeps the event loop. */
const DROPPED_AT_ONCE = 500;
/** What is read or written in larger numbers is not kept parsed: it would push out what is asked for again and again. */
const REMEMBERED_AT_ONCE = 250;

/** The read models in the embedded engine, both sides. To be the only writer; readers in other processes use `openReadModelsBeside`. */
export function openEmbeddedReadModels({ engine, cachedCharacters = CACHED_CHARACTERS }: EmbeddedReadModelsOptions): EmbeddedReadModels {
  const readModels = new EmbeddedReadModels(engine, generationsTable(engine), new DocumentCache(cachedCharacters));
  readModels.finishDropping();
  return readModels;
}

interface OpenGeneration {
  readonly generation: Generation;
  readonly table: DocumentTable;
  holdsRemoved: boolean;
}

/**
 * Documents are kept in memory for a moment before they are written, so that one that changes again and again is written
 * once. Queries see them there. A crash loses no more than that moment, documents and positions together, and the
 * log has it still.
 */
export class EmbeddedReadModels implements ReadModels, ProjectionStore {
  private readonly open = new Map<number, OpenGeneration>();
  private readonly live = new Map<string, OpenGeneration>();
  private readonly removing = new Set<Promise<void>>();
  private closing = false;
  private readonly behind = new WriteBehind((staged) => this.writeDown(staged));

  /** @internal */
  constructor(
    private readonly engine: WritingEngine,
    private readonly list: GenerationsTable,
    private readonly cache: DocumentCache,
  ) {
    for (const generation of list.all()) this.openGeneration(generation);
  }

  async get<D extends Document>(projection: string, id: string): Promise<D | undefined> {
    return this.row(this.liveOf(projection), id, true)?.document as D | undefined;
  }

  async find<D extends Document>(projection: string, query: Query): Promise<readonly Found<D>[]> {
    const opened = this.liveOf(projection);
    const ids = this.idsOf(opened, query);
    const remember = ids.length <= REMEMBERED_AT_ONCE;
    return ids.flatMap((id) => {
      const document = this.row(opened, id, remember)?.document;
      return document === undefined ? [] : [{ id, document: document as D }];
    });
  }

  private idsOf({ generation, table }: OpenGeneration, query: Query): readonly string[] {
    try {
      return findWithStaged(table, query, this.behind.documentsOf(generation.id));
    } catch (error) {
      const isOfOlderCode = [...this.open.values()].some((other) => other.generation.projection === generation.projection && other.table.serves(query));
      if (error instanceof TypeError && isOfOlderCode) throw new StoreUnavailable(`${generation.projection} is being rebuilt for this query`);
      throw error;
    }
  }

  async generations(): Promise<readonly Generation[]> {
    return this.list.all().map((generation) => ({ ...generation, position: this.behind.positionOf(generation.id) ?? generation.position }));
  }

  async scan(generation: number, { after = '', limit }: { readonly after?: string; readonly limit: number }): Promise<readonly ScannedDocument[]> {
    await this.behind.flush();
    return this.opened(generation).table.scan(after, limit);
  }

  async count(generation: number): Promise<number> {
    await this.behind.flush();
    return this.opened(generation).table.count();
  }

  async create(options: Pick<Generation, 'projection' | 'version' | 'indexes' | 'state'>): Promise<Generation> {
    const generation = await this.engine.write(() => {
      const rival = this.list.all().find(({ projection, state }) => projection === options.projection && state === options.state);
      if (rival !== undefined) throw new Error(`${options.projection} has a ${options.state} generation already`);
      const created = this.list.insert(options);
      for (const sql of creatingStatements(created)) this.run(sql);
      if (created.state === 'live') for (const sql of indexingStatements(created)) this.run(sql);
      return created;
    });
    this.openGeneration(generation);
    return generation;
  }

  async load(generation: number, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, StoredDocument>> {
    const opened = this.opened(generation);
    const remember = ids.size <= REMEMBERED_AT_ONCE;
    const found = new Map<string, StoredDocument>();
    for (const id of ids) {
      const row = this.row(opened, id, remember);
      if (row !== undefined) found.set(id, row);
    }
    return found;
  }

  async write(writes: readonly GenerationWrite[]): Promise<void> {
    for (const { generation } of writes) this.opened(generation);
    await this.behind.add(writes);
  }

  flush(): Promise<void> {
    return this.behind.flush();
  }

  async buildIndexes(generation: number): Promise<void> {
    // One at a time: each may take a while, and others write in between.
    for (const sql of indexingStatements(this.opened(generation).generation)) await this.engine.write(() => this.run(sql));
  }

  async promote(generation: number): Promise<void> {
    const { generation: promoted } = this.opened(generation);
    await this.buildIndexes(generation);
    await this.engine.write(() => {
      const live = this.list.live(promoted.projection);
      if (live?.id === generation) return;
      for (const other of this.list.all())
        if (other.projection === promoted.projection && other.state === 'previous' && other.id !== generation)
          throw new Error(`${promoted.projection} has a previous generation still: drop it first`);
      if (live !== undefined) this.list.setState(live.id, 'previous');
      this.list.setState(generation, 'live');
    });
    this.live.set(promoted.projection, this.opened(generation));
  }

  async drop(generation: number): Promise<void> {
    const { generation: dropped } = this.opened(generation);
    await this.engine.write(() => this.list.setState(generation, 'dropping'));
    this.open.delete(generation);
    if (this.live.get(dropped.projection)?.generation.id === generation) this.live.delete(dropped.projection);
    this.removeInBackground(dropped);
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.behind.flush().catch(() => undefined);
    this.behind.stop();
    await Promise.all(this.removing);
  }

  /** Removes what a crash in the middle of a {@link drop} has left. */
  finishDropping(): void {
    for (const generation of this.list.dropping()) this.removeInBackground(generation);
  }

  /** An error leaves the rest to the next opening. */
  private removeInBackground(generation: Generation): void {
    const removal = this.removeDocuments(generation)
      .catch(() => undefined)
      .finally(() => this.removing.delete(removal));
    this.removing.add(removal);
  }

  private async removeDocuments(generation: Generation): Promise<void> {
    const table = documentTable(this.engine, generation);
    // Without the indexes, removing a document is several times cheaper.
    for (const sql of unindexingStatements(generation)) await this.engine.write(() => this.run(sql));
    while ((await this.engine.write(() => table.dropSome(DROPPED_AT_ONCE))) === DROPPED_AT_ONCE) if (this.closing) return;
    await this.engine.write(() => {
      this.run(droppingStatement(generation));
      this.list.remove(generation.id);
    });
  }

  private async writeDown({ generations }: StagedDocuments): Promise<void> {
    const opened = [...generations].flatMap(([id, staged]) => {
      const into = this.open.get(id);
      return into === undefined ? [] : [{ into, staged }];
    });
    await this.engine.write(() => opened.forEach(({ into, staged }) => this.writeNow(into, staged)), { throwsBeforeChanges: true });
    for (const { into, staged } of opened) this.remember(into.generation.id, staged.documents);
  }

  private writeNow(into: OpenGeneration, { documents, position }: StagedGeneration): void {
    const { table, generation } = into;
    if (position !== undefined) {
      this.list.setPosition(generation.id, position);
      if (into.holdsRemoved) table.forgetRemoved(position);
      into.holdsRemoved &&= table.holdsRemoved();
    }
    for (const [id, staged] of documents) {
      const { document, rememberUntil } = staged;
      if (document !== undefined) {
        table.put(id, { ...staged, document }, this.cache.get(generation.id, id));
      } else if (rememberUntil !== undefined && rememberUntil > (position ?? -1)) {
        into.holdsRemoved = true;
        table.markRemoved(id, staged, rememberUntil);
      } else {
        // The position is kept in the same write: no event that the guards would stop comes again.
        table.remove(id);
      }
    }
  }

  private remember(generation: number, documents: ReadonlyMap<string, StagedDocument>): void {
    const all = documents.size <= REMEMBERED_AT_ONCE;
    for (const [id, { document, guards, size }] of documents) {
      if (document !== undefined && (all || this.cache.get(generation, id) !== undefined)) this.cache.set(generation, id, { document, guards, size });
      else this.cache.forget(generation, id);
    }
  }

  private row({ generation, table }: OpenGeneration, id: string, remember: boolean): CachedDocument | undefined {
    const known = this.behind.find(generation.id, id) ?? this.cache.get(generation.id, id);
    if (known !== undefined) return known;
    const row = table.row(id);
    if (row !== undefined && remember) this.cache.set(generation.id, id, row);
    return row;
  }

  /** Inside `engine.write`, where tables are not to be defined by `define`: that waits for the disk. */
  private run(sql: string): void {
    this.engine.prepare(sql).run();
  }

  private openGeneration(generation: Generation): void {
    const table = documentTable(this.engine, generation);
    const opened = { generation, table, holdsRemoved: table.holdsRemoved() };
    this.open.set(generation.id, opened);
    if (generation.state === 'live') this.live.set(generation.projection, opened);
  }

  private opened(generation: number): OpenGeneration {
    const opened = this.open.get(generation);
    if (opened === undefined) throw new TypeError(`there is no generation ${generation}`);
    return opened;
  }

  private liveOf(projection: string): OpenGeneration {
    const live = this.live.get(projection);
    if (live === undefined) throw new TypeError(`no projection ${projection} is live`);
    return live;
  }
}
