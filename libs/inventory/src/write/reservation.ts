import { type Decider, unreachable } from '@tillroll/kernel';
import type { LimitExceeded, ReservationEvent, ReservationRequest } from './reservation-events';
import type { Shortage } from './stock-state';

export type EndedStatus = 'refused' | 'released' | 'expired' | 'lost' | 'shipped';

/** What became of the stock that one order wants. `lost`: the goods of a confirmed order were gone. */
export type Reservation =
  | { readonly status: 'none' }
  | { readonly status: 'requested' | 'held' | 'committed'; readonly request: ReservationRequest }
  /** Without a request when the order ended before its stock was asked for. */
  | { readonly status: EndedStatus; readonly request: ReservationRequest | undefined };

interface OfOrder {
  readonly orderId: string;
}

export type ReservationCommand =
  /** Everything is held and claimed unless there are shortages or limits. */
  | {
      readonly type: 'ConcludeReservation';
      readonly request: ReservationRequest;
      readonly shortages: readonly Shortage[];
      readonly limits: readonly LimitExceeded[];
    }
  | (OfOrder & { readonly type: 'CommitReservation' | 'LoseReservation' | 'ExpireReservation' | 'ShipReservation' })
  | (OfOrder & { readonly type: 'ReleaseReservation'; readonly reason: string });

type Status = Reservation['status'];

/** A command that comes too late or twice finds its answer in the state, and nothing happens. */
export const reservation: Decider<Reservation, ReservationCommand, ReservationEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    const from = (...allowed: readonly Status[]): boolean => allowed.includes(state.status);
    switch (command.type) {
      case 'ConcludeReservation': {
        const { request, shortages, limits } = command;
        const { orderId } = request;
        const conclusion: ReservationEvent =
          shortages.length + limits.length === 0 ? { type: 'ReservationHeld', orderId } : { type: 'ReservationRefused', orderId, shortages, limits };
        if (from('none')) return [{ type: 'ReservationRequested', ...request }, conclusion];
        return from('requested') ? [conclusion] : [];
      }
      case 'CommitReservation':
        return from('requested', 'held') ? [{ type: 'ReservationCommitted', orderId: command.orderId }] : [];
      case 'LoseReservation':
        return from('none', 'requested', 'held') ? [{ type: 'ReservationLost', orderId: command.orderId }] : [];
      case 'ReleaseReservation':
        return from('none', 'requested', 'held', 'committed', 'lost') ? [{ type: 'ReservationReleased', orderId: command.orderId, reason: command.reason }] : [];
      case 'ExpireReservation':
        return from('none', 'requested', 'held') ? [{ type: 'ReservationExpired', orderId: command.orderId }] : [];
      case 'ShipReservation':
        return from('committed') ? [{ type: 'ReservationShipped', orderId: command.orderId }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ReservationRequested': {
        const { type: _, ...request } = event;
        return { status: 'requested', request };
      }
      case 'ReservationHeld':
        return going(state, 'held');
      case 'ReservationCommitted':
        return going(state, 'committed');
      case 'ReservationRefused':
        return ended(state, 'refused');
      case 'ReservationLost':
        return ended(state, 'lost');
      case 'ReservationReleased':
        return ended(state, 'released');
      case 'ReservationExpired':
        return ended(state, 'expired');
      case 'ReservationShipped':
        return ended(state, 'shipped');
      default:
        return state;
    }
  },
};

export const requestIn = (state: Reservation): ReservationRequest | undefined => (state.status === 'none' ? undefined : state.request);

function going(state: Reservation, status: 'held' | 'committed'): Reservation {
  const request = requestIn(state);
  return request === undefined ? state : { status, request };
}

const ended = (state: Reservation, status: EndedStatus): Reservation => ({ status, request: requestIn(state) });
