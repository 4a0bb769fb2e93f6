import { given } from '@tillroll/testing';
import { reservation, type ReservationCommand } from './reservation';
import type { ReservationEvent, ReservationRequest } from './reservation-events';

const orderId = 'o1';
const request: ReservationRequest = {
  orderId,
  customerId: 'ann',
  lines: [{ productId: 'tea', quantity: 2 }],
  expiresAt: '2026-03-01T12:31:00.000Z',
};
const shortage = { productId: 'tea', requested: 2, available: 1 };
const limit = { productId: 'tea', limit: 1, alreadyBought: 0, inCart: 2, requested: 2 };

const requested: ReservationEvent = { type: 'ReservationRequested', ...request };
const held: ReservationEvent = { type: 'ReservationHeld', orderId };
const refused: ReservationEvent = { type: 'ReservationRefused', orderId, shortages: [shortage], limits: [limit] };
const committed: ReservationEvent = { type: 'ReservationCommitted', orderId };
const lost: ReservationEvent = { type: 'ReservationLost', orderId };
const released: ReservationEvent = { type: 'ReservationReleased', orderId, reason: 'order_canceled' };
const expired: ReservationEvent = { type: 'ReservationExpired', orderId };
const shipped: ReservationEvent = { type: 'ReservationShipped', orderId };

const concludeHeld: ReservationCommand = { type: 'ConcludeReservation', request, shortages: [], limits: [] };
const concludeShort: ReservationCommand = { type: 'ConcludeReservation', request, shortages: [shortage], limits: [limit] };
const commit: ReservationCommand = { type: 'CommitReservation', orderId };
const lose: ReservationCommand = { type: 'LoseReservation', orderId };
const release: ReservationCommand = { type: 'ReleaseReservation', orderId, reason: 'order_canceled' };
const expire: ReservationCommand = { type: 'ExpireReservation', orderId };
const ship: ReservationCommand = { type: 'ShipReservation', orderId };
const all = [concludeHeld, concludeShort, commit, lose, release, expire, ship];

const histories: Readonly<Record<string, readonly ReservationEvent[]>> = {
  none: [],
  requested: [requested],
  held: [requested, held],
  committed: [requested, held, committed],
  shipped: [requested, held, committed, shipped],
  refused: [requested, refused],
  released: [requested, held, released],
  expired: [requested, held, expired],
  lost: [requested, held, lost],
};

/** Everything that may happen; whatever is not listed changes nothing. */
const transitions: Readonly<Record<string, readonly (readonly [ReservationCommand, ...ReservationEvent[]])[]>> = {
  none: [
    [concludeHeld, requested, held],
    [concludeShort, requested, refused],
    [lose, lost],
    [release, released],
    [expire, expired],
  ],
  requested: [
    [concludeHeld, held],
    [concludeShort, refused],
    [commit, committed],
    [lose, lost],
    [release, released],
    [expire, expired],
  ],
  held: [
    [commit, committed],
    [lose, lost],
    [release, released],
    [expire, expired],
  ],
  committed: [
    [release, released],
    [ship, shipped],
  ],
  lost: [[release, released]],
};

describe.each(Object.keys(histories))('a reservation that is %s', (status) => {
  const history = histories[status] ?? [];
  const possible = new Map((transitions[status] ?? []).map(([command, ...events]) => [command, events]));

  it('is that', () => expect(history.reduce((state, event) => reservation.evolve(state, event), reservation.initialState).status).toBe(status));

  it.each(all.map((command) => [command.type, command] as const))('meets %s', (_, command) =>
    given(reservation, history)
      .when(command)
      .then(...(possible.get(command) ?? [])));
});

describe('a reservation', () => {
  it('ended before it was asked for is not held afterwards', () => given(reservation, [released]).when(concludeHeld).thenNothing());

  it('remembers what was asked for, to the end', () =>
    given(reservation, [requested, held, committed])
      .when(ship)
      .thenState((state) => expect(state).toEqual({ status: 'shipped', request })));

  it('ignores events that it does not know', () => {
    const state = { status: 'held', request } as const;
    expect(reservation.evolve(state, { type: 'ReservationBlessed', orderId } as unknown as ReservationEvent)).toBe(state);
  });
});
