import { type Decider, type EpochMs, refuse, toTimestamp, unreachable } from '@tillroll/kernel';

/** Telling one recipient outside of one event. */
export type Delivery = { readonly status: 'none' } | ScheduledDelivery;

export interface Errand {
  readonly deliveryId: string;
  readonly channel: 'webhook' | 'mail';
  /** The id of the endpoint, or of the customer. */
  readonly recipient: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly correlationId: string;
  /** What is told; never personal data in the clear. */
  readonly content: Readonly<Record<string, unknown>>;
}

export interface ScheduledDelivery extends Errand {
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Attempts that failed since it was scheduled or last asked for. */
  readonly failures: number;
  readonly nextAttemptAt: EpochMs;
}

/** What came of an attempt. `permanent`: trying again would not help. */
export interface Failure {
  readonly reason: string;
  readonly responseStatus?: number;
  readonly permanent?: true;
}

export type DeliveryCommand =
  | ({ readonly type: 'ScheduleDelivery'; readonly at: EpochMs } & Errand)
  | { readonly type: 'BeginAttempt'; readonly at: EpochMs }
  | { readonly type: 'RecordSuccess'; readonly responseStatus?: number }
  | ({ readonly type: 'RecordFailure'; readonly at: EpochMs } & Failure)
  | { readonly type: 'RetryDelivery'; readonly at: EpochMs };

interface Failed {
  readonly deliveryId: string;
  readonly reason: string;
  readonly responseStatus?: number;
  readonly failures: number;
}

export type DeliveryEvent =
  | ({ readonly type: 'DeliveryScheduled'; readonly nextAttemptAt: string } & Errand)
  | { readonly type: 'DeliveryAttemptBegun'; readonly deliveryId: string; readonly nextAttemptAt: string }
  | ({ readonly type: 'DeliveryAttemptFailed'; readonly nextAttemptAt: string } & Failed)
  | { readonly type: 'DeliverySucceeded'; readonly deliveryId: string; readonly responseStatus?: number }
  | ({ readonly type: 'DeliveryFailed' } & Failed)
  | { readonly type: 'DeliveryRetryRequested'; readonly deliveryId: string; readonly nextAttemptAt: string };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When a failed attempt is repeated; after the last one the delivery has failed. */
export const RETRY_AFTER_MS: readonly number[] = [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];

/** An attempt of which nothing was heard for so long is repeated: its process may be gone. */
export const ATTEMPT_LEASE_MS = MINUTE;

export const delivery: Decider<Delivery, DeliveryCommand, DeliveryEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    switch (command.type) {
      case 'ScheduleDelivery': {
        const { type: _, at, ...errand } = command;
        return state.status === 'none' ? [{ type: 'DeliveryScheduled', ...errand, nextAttemptAt: leaseEnd(at) }] : [];
      }
      case 'BeginAttempt': {
        if (state.status !== 'pending' || command.at < state.nextAttemptAt) return [];
        return [{ type: 'DeliveryAttemptBegun', deliveryId: state.deliveryId, nextAttemptAt: leaseEnd(command.at) }];
      }
      case 'RecordSuccess': {
        if (state.status === 'none' || state.status === 'succeeded') return [];
        return [{ type: 'DeliverySucceeded', deliveryId: state.deliveryId, ...responseStatusOf(command) }];
      }
      case 'RecordFailure':
        return state.status === 'pending' ? [failed(state, command)] : [];
      case 'RetryDelivery':
        if (state.status === 'none') return refuse('not_found');
        return [{ type: 'DeliveryRetryRequested', deliveryId: state.deliveryId, nextAttemptAt: leaseEnd(command.at) }];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    if (event.type === 'DeliveryScheduled') {
      const { type: _, nextAttemptAt, ...errand } = event;
      return { ...errand, status: 'pending', failures: 0, nextAttemptAt: Date.parse(nextAttemptAt) };
    }
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'DeliveryAttemptBegun':
        return { ...state, nextAttemptAt: Date.parse(event.nextAttemptAt) };
      case 'DeliveryAttemptFailed':
        return { ...state, failures: event.failures, nextAttemptAt: Date.parse(event.nextAttemptAt) };
      case 'DeliverySucceeded':
        return { ...state, status: 'succeeded' };
      case 'DeliveryFailed':
        return { ...state, status: 'failed', failures: event.failures };
      case 'DeliveryRetryRequested':
        return { ...state, status: 'pending', failures: 0, nextAttemptAt: Date.parse(event.nextAttemptAt) };
      default:
        return state;
    }
  },
};

const leaseEnd = (at: EpochMs): string => toTimestamp(at + ATTEMPT_LEASE_MS);

const responseStatusOf = ({ responseStatus }: { readonly responseStatus?: number }) => (responseStatus === undefined ? {} : { responseStatus });

function failed(state: ScheduledDelivery, failure: Failure & { readonly at: EpochMs }): DeliveryEvent {
  const { deliveryId } = state;
  const failures = state.failures + 1;
  const told = { deliveryId, reason: failure.reason, ...responseStatusOf(failure), failures };
  const wait = failure.permanent === true ? undefined : RETRY_AFTER_MS[state.failures];
  if (wait === undefined) return { type: 'DeliveryFailed', ...told };
  return { type: 'DeliveryAttemptFailed', ...told, nextAttemptAt: toTimestamp(failure.at + wait) };
}
