import type { EventStore } from '@tillroll/event-store';
import type { HealthPart, Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import type { Aggregates } from '@tillroll/processing';

/** Checks the invariants while the shop runs. */
export interface Audit {
  /** Begins with what comes next. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly violations: readonly unknown[];
  /** Looks since the start. */
  readonly checked: number;
  readonly health: HealthPart;
}

export type OpenAudit = (parts: { readonly store: EventStore; readonly aggregates: Aggregates; readonly clock: Clock; readonly log: Log }) => Audit;
