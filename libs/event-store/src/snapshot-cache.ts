/** A folded state at a revision. */
export interface Snapshot {
  /** The version of the state's shape; other versions are ignored by their reader. */
  readonly version: number;
  readonly revision: number;
  /** Plain JSON. */
  readonly state: unknown;
}

/** A cache: lose it and nothing is lost but time. */
export interface SnapshotCache {
  load(streamId: string): Promise<Snapshot | undefined>;
  /** Not awaited, may be lost. Returns the size of the snapshot in bytes. */
  save(streamId: string, snapshot: Snapshot): number;
}
