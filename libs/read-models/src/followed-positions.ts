/**
 * How far the documents of each service have followed the log: told by the process that writes them, for those that only
 * read them. Losing the last news only makes readers wait for the next.
 */
export interface FollowedPositions {
  /** Never goes back: what is lower than what was told before changes nothing. */
  tell(service: string, position: number): Promise<void>;
  /** Undefined when nothing was told: there may be no documents yet. */
  of(service: string): Promise<number | undefined>;
  /** Says that somebody in another process reads: positions are to be told promptly. To be said again every few seconds. */
  attend(service: string): Promise<void>;
  /** How often that was said. */
  attendance(service: string): Promise<number>;
}
