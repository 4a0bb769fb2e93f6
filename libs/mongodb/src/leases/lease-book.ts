/** Who leads a name in one epoch, and the last sign of life. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
  /** Another one for each process, also after a restart. */
  readonly holder: string;
  /** Rises with every sign of life. */
  readonly beat: number;
  /** Given back: another may lead at once. */
  readonly isFree: boolean;
}

/** Where leases are written down. No time is in it: clocks of different machines need not agree. */
export interface LeaseBook {
  /** That of the newest epoch. */
  newest(name: string): Promise<Lease | undefined>;
  /** Begins an epoch, unless it or a newer one has begun: then false. */
  take(lease: Lease): Promise<boolean>;
  /** Writes down a sign of life. False when a newer epoch has begun. */
  renew(lease: Lease): Promise<boolean>;
  /** Keeps the epoch, so that the next one is greater. */
  giveBack(lease: Lease): Promise<void>;
}
