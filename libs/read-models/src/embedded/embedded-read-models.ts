import { type EmbeddedEngine, StoreUnavailable } from '@tillroll/event-store';
import type { Document, Found, Query, ReadModels } from '../port';
import type { Generation, GenerationWrite, ProjectionStore, ScannedDocument, StoredDocument } from '../projection-store';
import { type CachedDocument, DocumentCache } from './document-cache';
import { creatingStatements, type DocumentTable, documentTable, droppingStatement, indexingStatements, unindexingStatements } from './document-table';
import { type GenerationsTable, generationsTable } from './generations-table';

type WritingEngine = Pick<EmbeddedEngine, 'define' | 'prepare' | 'write' | 'onGroupEnd'>;

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

interface WrittenInGroup {
  readonly writes: readonly GenerationWrite[];
  isUndone: boolean;
}

interface OpenGeneration {
  readonly generation: Generation;
  readonly table: DocumentTable;
  holdsRemoved: boolean;
}

export class EmbeddedReadModels implements ReadModels, ProjectionStore {
  private readonly open = new Map<number, OpenGeneration>();
  private readonly live = new Map<string, OpenGeneration>();
  private readonly removing = new Set<Promise<void>>();
  private closing = false;
  /** What the running group has written. */
  private group: WrittenInGroup[] = [];

  /** @internal */
  constructor(
    private readonly engine: WritingEngine,
    private readonly list: GenerationsTable,
    private readonly cache: DocumentCache,
  ) {
    for (const generation of list.all()) this.openGeneration(generation);
    engine.onGroupEnd((committed) => {
      const { group } = this;
      this.group = [];
      if (committed) return;
      for (const written of group) {
        written.isUndone = true;
        this.forget(written.writes);
      }
    });
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
      return table.find(query);
    } catch (error) {
      const isOfOlderCode = [...this.open.values()].some((other) => other.generation.projection === generation.projection && other.table.serves(query));
      if (error instanceof TypeError && isOfOlderCode) throw new StoreUnavailable(`${generation.projection} is being rebuilt for this query`);
      throw error;
    }
  }

  async generations(): Promise<readonly Generation[]> {
    return this.list.all();
  }

  async scan(generation: number, { after = '', limit }: { readonly after?: string; readonly limit: number }): Promise<readonly ScannedDocument[]> {
    return this.opened(generation).table.scan(after, limit);
  }

  async count(generation: number): Promise<number> {
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

  /** Resolves before the group is on disk: what it makes visible follows from events that are. */
  write(writes: readonly GenerationWrite[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const opened = writes.map((write) => [this.opened(write.generation), write] as const);
      const written: WrittenInGroup = { writes, isUndone: false };
      this.engine
        .write(() => {
          this.group.push(written);
          try {
            for (const [into, write] of opened) this.writeNow(into, write);
          } catch (error) {
            this.forget(writes);
            throw error;
          }
          // Runs when the group is committed or undone, in the same turn.
          queueMicrotask(() => written.isUndone || resolve());
        })
        .catch(reject);
    });
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

  private writeNow(into: OpenGeneration, { generation, position, documents, unfinished }: GenerationWrite): void {
    const { table } = into;
    if (unfinished === undefined) {
      this.list.setPosition(generation, position);
      if (into.holdsRemoved) table.forgetRemoved(position);
      into.holdsRemoved &&= table.holdsRemoved();
    }
    const remember = documents.length <= REMEMBERED_AT_ONCE;
    for (const { id, document, guards } of documents) {
      const before = this.cache.get(generation, id);
      let after: CachedDocument | undefined;
      if (document !== undefined) {
        after = table.put(id, document, guards, before);
      } else if (unfinished === true) {
        into.holdsRemoved = true;
        after = table.markRemoved(id, guards, position);
      } else {
        // The position is kept in the same write: no event that the guards would stop comes again.
        table.remove(id);
      }
      if (after !== undefined && (remember || before !== undefined)) this.cache.set(generation, id, after);
      else this.cache.forget(generation, id);
    }
  }

  private forget(writes: readonly GenerationWrite[]): void {
    for (const { generation, documents } of writes) for (const { id } of documents) this.cache.forget(generation, id);
  }

  private row({ generation, table }: OpenGeneration, id: string, remember: boolean): CachedDocument | undefined {
    const cached = this.cache.get(generation.id, id);
    if (cached !== undefined) return cached;
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
