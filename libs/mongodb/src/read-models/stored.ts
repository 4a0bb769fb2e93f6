import type { CollectionIndex, Document, GenerationState, Scalar } from '@tillroll/read-models';
import type { KeptGuards } from './kept-content';

/** A document of a projection as it is kept: in a collection of its generation. */
export interface KeptDocument {
  readonly _id: string;
  /** Of the last event that was folded when it was written: one of an older fold never replaces it. */
  readonly position: number;
  readonly guards: KeptGuards;
  readonly document?: Document;
  readonly json?: string;
  /** The fields that indexes name, as far as they are scalars: arrays would be found by their elements. */
  readonly keys?: Readonly<Record<string, Scalar>>;
  /** When it was removed: what removed it is remembered for a while. */
  readonly removedAt?: Date;
}

export interface KeptGeneration {
  readonly id: number;
  readonly version: number;
  /** As JSON: any field may have any name. */
  readonly indexes: string;
  readonly state: GenerationState | 'dropping';
  /** False until all indexes are built. */
  readonly isIndexed: boolean;
  readonly droppedAt?: Date;
}

/** All generations of a projection: which of them is live changes in one write. */
export interface KeptProjection {
  /** The projection's name. */
  readonly _id: string;
  /** Another one with every write. */
  readonly revision: string;
  readonly generations: readonly KeptGeneration[];
}

/** How far a generation is, beside it: written all the time. */
export interface KeptPosition {
  /** The generation's id. */
  readonly _id: string;
  readonly position: number;
}

export const indexesOf = ({ indexes }: KeptGeneration): readonly CollectionIndex[] => JSON.parse(indexes) as readonly CollectionIndex[];
