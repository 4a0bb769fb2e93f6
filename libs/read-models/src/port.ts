/** Plain JSON with its own id inside. */
export type Document = Readonly<Record<string, unknown>>;
export type Scalar = string | number | boolean;

export interface CollectionIndex {
  /** Equality fields first, the field to sort by last. Top-level scalars only. */
  readonly fields: readonly string[];
}

export interface Query {
  /** Equal to all of these. Scalars only. */
  readonly where?: Readonly<Record<string, Scalar>>;
  /** A top-level field, numbers before strings before booleans; ties are ordered by document id in the same direction. */
  readonly orderBy: string;
  readonly direction: 'ascending' | 'descending';
  /** Goes on behind this place of an earlier answer. */
  readonly after?: { readonly value: Scalar; readonly id: string };
  readonly limit: number;
}

export interface Found<D extends Document = Document> {
  readonly id: string;
  readonly document: D;
}

/** What queries see: always the live generation of a projection's documents. */
export interface ReadModels {
  /** `projection` is the name of the {@link Projection} that owns the documents. */
  get<D extends Document>(projection: string, id: string): Promise<D | undefined>;
  /**
   * Every query needs a declared index that serves it; one without is refused with a `TypeError`, with
   * `StoreUnavailable` when the documents are of an older version of the code and those that have the index are not
   * live yet. Documents that have no string, number or boolean in the field to order by are not found.
   */
  find<D extends Document>(projection: string, query: Query): Promise<readonly Found<D>[]>;
}

/** Injection token of {@link ReadModels}. */
export const READ_MODELS = Symbol('ReadModels');
