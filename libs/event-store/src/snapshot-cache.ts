/** The folded state of a stream at a revision. */
export interface Snapshot {
  /** Of the code that folded it: a reader with another version ignores it. */
  readonly version: number;
  readonly revision: number;
  /** Plain JSON. */
  readonly state: unknown;
}

/** A shortcut to the state of long streams, never the truth: any snapshot may be lost at any time, and nothing is lost with it. */
export interface SnapshotCache {
  /** Undefined when there is none, or none that can be read. */
  load(streamId: string): Promise<Snapshot | undefined>;
  /** Not waited for; replaces the one before. Returns how large it is, in bytes or characters. */
  save(streamId: string, snapshot: Snapshot): number;
}

/** Injection token of the {@link SnapshotCache}. */
export const SNAPSHOTS = Symbol('SnapshotCache');
