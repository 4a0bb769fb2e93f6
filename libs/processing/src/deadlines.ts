import type { BusEvent } from '@tillroll/event-bus';
import type { EpochMs } from '@tillroll/kernel';

/** Sets (`at` given) or clears (`at` left out) the deadline with this key. */
export interface DeadlineChange {
  /** Unique within the kind, for example the order id. */
  readonly key: string;
  readonly at?: EpochMs;
  /** Handed to `due`. Plain JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Timers as data: which deadlines exist follows from events alone, so they survive a crash, can be listed, and are
 * rebuilt like any read model. `due` gives a command that is harmless when it is no longer wanted: the decider checks
 * the time again; when it throws, it is called again later (1 s, doubling up to 1 min).
 */
export interface Deadlines {
  /** `<context>.<what>`, for example `order.expiry`. */
  readonly kind: string;
  /** Raise it when `on` sets other deadlines than before: they are then found anew from the first event. Default: 1. */
  readonly version?: number;
  readonly on: Readonly<Record<string, (event: BusEvent) => readonly DeadlineChange[]>>;
  due(deadline: { readonly key: string; readonly at: EpochMs; readonly data: Readonly<Record<string, unknown>> }): Promise<void>;
}
