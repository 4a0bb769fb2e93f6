import type { CollectionIndex, Document } from './port';

/** Source stream to the revision of the last of its events that is in a document. */
export type Guards = Readonly<Record<string, number>>;

export interface StoredDocument {
  /** undefined: the document is gone, and what removed it is still remembered. */
  readonly document: Document | undefined;
  readonly guards: Guards;
}

export interface DocumentWrite extends StoredDocument {
  readonly id: string;
}

/**
 * One set of a projection's documents. `live`: what queries see; `candidate`: filled beside it by a rebuild;
 * `previous`: what was live before, until it is dropped. A projection has at most one of each.
 */
export type GenerationState = 'live' | 'candidate' | 'previous';

export interface Generation {
  readonly id: number;
  readonly projection: string;
  /** The version of the projection that writes it. */
  readonly version: number;
  readonly indexes: readonly CollectionIndex[];
  readonly state: GenerationState;
  /** The documents are the fold of all events up to here; of later ones some may be in. */
  readonly position: number;
}

/** What a fold of events changed in one generation. */
export interface GenerationWrite {
  readonly generation: number;
  /** The last event that was folded. */
  readonly position: number;
  readonly documents: readonly DocumentWrite[];
  /** More documents of the same fold follow in another write: the position is not reached yet. */
  readonly unfinished?: true;
}

export interface ScannedDocument {
  readonly id: string;
  readonly document: Document;
}

/** For the audit and for operators' tools: every generation, and every document of it. */
export interface ReadModelInspection {
  generations(): Promise<readonly Generation[]>;
  /** The documents in the order of their ids, behind `after`. */
  scan(generation: number, options: { readonly after?: string; readonly limit: number }): Promise<readonly ScannedDocument[]>;
  count(generation: number): Promise<number>;
}

/**
 * The writing side of the read models. One process writes.
 * Promised: each document is written whole with its guards; a position only after all documents that it stands for.
 * Not promised: that the documents of one write appear together.
 */
export interface ProjectionStore extends ReadModelInspection {
  /** Begins an empty generation at the position 0. Its queries are served once it is live. */
  create(options: Pick<Generation, 'projection' | 'version' | 'indexes' | 'state'>): Promise<Generation>;
  /** The documents with these ids; those that never were are left out. */
  load(generation: number, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, StoredDocument>>;
  /**
   * Seen by queries when it resolves, and durable then or soon after: writes get lost in a crash only from the last one
   * backwards, and never without those behind them. When it rejects, any of the documents may be written, but none of the positions: with
   * `StoreUnavailable` when it may be tried again, with any other error when a document cannot be written at all.
   */
  write(writes: readonly GenerationWrite[]): Promise<void>;
  /** Resolves when all that was written before the call is durable. */
  flush(): Promise<void>;
  /** Builds what the generation's queries need. A candidate is filled faster before it than after it. Done already: does nothing. */
  buildIndexes(generation: number): Promise<void>;
  /** Makes the generation live and the live one `previous`, in one step, after {@link buildIndexes}. Rejects while there is another `previous`. */
  promote(generation: number): Promise<void>;
  /** The generation is gone when it resolves; its documents are removed in the background, also over a restart. */
  drop(generation: number): Promise<void>;
  /** Flushes, and waits for what runs in the background or leaves it to the next opening. */
  close(): Promise<void>;
}

/** Injection token of the {@link ProjectionStore}. */
export const PROJECTION_STORE = Symbol('ProjectionStore');
