import type { Document } from '../port';
import type { GenerationWrite, Guards } from '../projection-store';
import type { CachedDocument } from './document-cache';

/** A document as it is to be written. */
export interface StagedDocument extends CachedDocument {
  /** The JSON of document and guards. Without a document it is removed. */
  readonly text: string;
  readonly guardsText: string;
  /** When it is removed: what removed it is to be remembered until the generation is at this position. */
  readonly rememberUntil: number | undefined;
}

/** What is to be written of one generation, together. */
export interface StagedGeneration {
  readonly documents: Map<string, StagedDocument>;
  /** Undefined while more belongs to the position that was folded last. */
  position: number | undefined;
}

/** Throws a `TypeError` for what is no JSON. */
function staged(document: Document | undefined, guards: Guards, rememberUntil: number | undefined): StagedDocument {
  const text = document === undefined ? '' : JSON.stringify(document);
  return { document, guards, text, guardsText: JSON.stringify(guards), size: text.length, rememberUntil };
}

/** Writes that are to be made together: of each document the last. */
export class StagedDocuments {
  readonly generations = new Map<number, StagedGeneration>();
  private count = 0;

  /** How many documents there are. */
  get size(): number {
    return this.count;
  }

  get isEmpty(): boolean {
    return this.generations.size === 0;
  }

  find(generation: number, id: string): StagedDocument | undefined {
    return this.generations.get(generation)?.documents.get(id);
  }

  positionOf(generation: number): number | undefined {
    return this.generations.get(generation)?.position;
  }

  /** All or nothing: throws for documents that cannot be stored. */
  add(writes: readonly GenerationWrite[]): void {
    const added = writes.map(({ documents, position, unfinished }) =>
      documents.map(({ id, document, guards }) => [id, staged(document, guards, unfinished === true ? position : undefined)] as const),
    );
    writes.forEach(({ generation, position, unfinished }, index) => {
      const of = this.of(generation);
      for (const [id, document] of added[index] ?? []) this.put(of, id, document);
      if (unfinished === undefined) of.position = position;
    });
  }

  /** Puts what came before under what is here. */
  addEarlier(earlier: StagedDocuments): void {
    for (const [generation, { documents, position }] of earlier.generations) {
      const of = this.of(generation);
      for (const [id, document] of documents) if (!of.documents.has(id)) this.put(of, id, document);
      of.position ??= position;
    }
  }

  private of(generation: number): StagedGeneration {
    let of = this.generations.get(generation);
    if (of === undefined) this.generations.set(generation, (of = { documents: new Map(), position: undefined }));
    return of;
  }

  private put({ documents }: StagedGeneration, id: string, document: StagedDocument): void {
    if (!documents.has(id)) this.count++;
    documents.set(id, document);
  }
}
