/** How far each relay has published: the position of the event store up to which the broker has acknowledged everything. */
export interface RelayCheckpoints {
  /** 0 for a relay that has put none. */
  get(name: string): Promise<number>;
  /**
   * Durable when it resolves true. Resolves false, with nothing written, when a higher epoch has put before: somebody else
   * leads now. The newest epoch is believed whatever it says, also a lower position. May be repeated.
   * Rejects with `StoreUnavailable` when the outcome is unknown.
   */
  put(name: string, position: number, epoch: number): Promise<boolean>;
}
