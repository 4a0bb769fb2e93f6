import type { InHand } from './completion-sequence';

/** What lanes and parking need to know of an event. */
export interface Arrived {
  readonly streamId: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
}

/** An event that a consumer has taken and not finished. */
export interface Held<Event extends Arrived = Arrived> {
  readonly event: Event;
  readonly inHand: InHand;
  /** How often it was handled; those cut short by an outage do not count. */
  attempts: number;
  /** Outages met in a row. */
  outages: number;
  /** Why it failed for the last time. */
  error?: string;
}

/** The events of one subject, handled one after another. */
export interface Lane<Event extends Arrived = Arrived> {
  readonly subject: string;
  readonly queue: Held<Event>[];
  state: 'ready' | 'running' | 'waiting' | 'parked';
  /** The position of the first event that is parked: what comes again from before it is done. */
  parkedFrom: number;
  /** Rises with each attempt: an answer to an earlier one is no longer wanted. */
  attempt: number;
  startedAt: number;
  cancelWait?: () => void;
}

export const newLane = <Event extends Arrived>(subject: string, state: Lane['state'], parkedFrom = 0): Lane<Event> => ({
  subject, queue: [], state, parkedFrom, attempt: 0, startedAt: 0,
});
