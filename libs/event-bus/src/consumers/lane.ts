import type { RecordedEvent } from '@tillroll/event-store';
import type { InHand } from './completion-sequence';

/** An event that a consumer has taken and not finished. */
export interface Held {
  readonly event: RecordedEvent;
  readonly inHand: InHand;
  /** How often it was handled; those cut short by an outage do not count. */
  attempts: number;
  /** Outages met in a row. */
  outages: number;
  /** Why it failed for the last time. */
  error?: string;
}

/** The events of one subject, handled one after another. */
export interface Lane {
  readonly subject: string;
  readonly queue: Held[];
  state: 'ready' | 'running' | 'waiting' | 'parked';
  /** Rises with each attempt: an answer to an earlier one is no longer wanted. */
  attempt: number;
  startedAt: number;
  cancelWait?: () => void;
}

export const newLane = (subject: string, state: Lane['state']): Lane => ({ subject, queue: [], state, attempt: 0, startedAt: 0 });
