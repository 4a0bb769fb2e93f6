import { LRUCache } from 'lru-cache';
import type { Document } from '../port';
import type { Guards } from '../projection-store';

/** A row as it is in the file, parsed. */
export interface CachedDocument {
  readonly document: Document | undefined;
  readonly guards: Guards;
  /** The characters of its JSON. */
  readonly size: number;
}

/** What parsing makes of a row beside its text: names, pointers, the entry itself. */
const ENTRY_SIZE = 200;

/** The documents that were last asked for or written, bounded by the characters of their JSON. */
export class DocumentCache {
  private readonly entries: LRUCache<string, CachedDocument>;

  constructor(characters: number) {
    this.entries = new LRUCache({ maxSize: Math.max(1, characters), sizeCalculation: ({ size }) => size + ENTRY_SIZE });
  }

  get(generation: number, id: string): CachedDocument | undefined {
    return this.entries.get(keyOf(generation, id));
  }

  set(generation: number, id: string, cached: CachedDocument): void {
    this.entries.set(keyOf(generation, id), cached);
  }

  forget(generation: number, id: string): void {
    this.entries.delete(keyOf(generation, id));
  }
}

const keyOf = (generation: number, id: string): string => `${generation} ${id}`;
