import type { Aggregates } from '@tillroll/processing';
import { allowanceId, allowanceType, productType, reservationType, stockType } from '../aggregate-types';
import { Died, dyingAt } from '../testing/dying';
import { customerId, InventoryPlace, orderCanceled, orderConfirmed, orderExpired, orderIdOf, orderPlaced, orderRejected, orderShipped } from '../testing/inventory-place';
import { boughtWithin } from '../write/allowance';
import type { ReservedLine } from '../write/reservation-events';
import { availableIn, standingOf } from '../write/stock-state';
import { ReservationProcess } from './reservation-process';

jest.setTimeout(60_000);

let place: InventoryPlace;
let aggregates: Aggregates;
let reservations: ReservationProcess;

beforeEach(() => {
  place = new InventoryPlace();
  aggregates = place.startProcess();
  reservations = new ReservationProcess(aggregates, place.clock);
});
afterEach(() => place.close());

const minutes = (count: number): number => count * 60_000;
const line = (productId: string, quantity: number): ReservedLine => ({ productId, quantity });
const placeOrder = (name: string, ...lines: readonly ReservedLine[]) => reservations.reserve(orderPlaced(name, lines, place.now));
const statusOf = async (name: string) => (await aggregates.load(reservationType, orderIdOf(name))).state.status;
const reservationEvents = (name: string) => place.eventsOf(`reservation-${orderIdOf(name)}`);
const totalsOf = async (productId: string) => {
  const { onHand, held, committed } = (await aggregates.load(stockType, productId)).state;
  return { onHand, held, committed };
};
const boughtOf = async (productId: string) =>
  boughtWithin((await aggregates.load(allowanceType, allowanceId(productId, customerId))).state, { quantity: 1 }, place.now);
const refusalOf = async (name: string) => {
  for await (const page of place.store.readStream(`reservation-${orderIdOf(name)}`))
    for (const { type, data } of page) if (type === 'ReservationRefused') return { shortages: data['shortages'], limits: data['limits'] };
  return undefined;
};

describe('an order that is placed', () => {
  it('holds all its lines, those of one product together', async () => {
    await place.stockUp(aggregates, 'tea', 5);
    await place.stockUp(aggregates, 'mug', 1);
    await placeOrder('a', line('tea', 2), line('mug', 1), line('tea', 3));
    expect(await statusOf('a')).toBe('held');
    expect(await totalsOf('tea')).toEqual({ onHand: 5, held: 5, committed: 0 });
    expect(await totalsOf('mug')).toEqual({ onHand: 1, held: 1, committed: 0 });
  });

  it('names every short line, and holds none', async () => {
    await place.stockUp(aggregates, 'tea', 5);
    await place.stockUp(aggregates, 'mug', 1);
    await placeOrder('a', line('tea', 6), line('pot', 1), line('mug', 1));
    expect(await statusOf('a')).toBe('refused');
    expect(await refusalOf('a')).toEqual({
      shortages: [
        { productId: 'tea', requested: 6, available: 5 },
        { productId: 'pot', requested: 1, available: 0 },
      ],
      limits: [],
    });
    expect(await totalsOf('mug')).toEqual({ onHand: 1, held: 0, committed: 0 });
  });

  it('is refused beyond a purchase limit, counting what was bought before', async () => {
    await place.stockUp(aggregates, 'tea', 9, { quantity: 3 });
    await placeOrder('a', line('tea', 2));
    await placeOrder('b', line('tea', 2));
    expect(await statusOf('b')).toBe('refused');
    expect(await refusalOf('b')).toEqual({ shortages: [], limits: [{ productId: 'tea', limit: 3, alreadyBought: 2, inCart: 2, requested: 2 }] });
    expect(await totalsOf('tea')).toEqual({ onHand: 9, held: 2, committed: 0 });
    expect(await boughtOf('tea')).toBe(2);
  });

  it('is refused beyond a limit that came after the earlier purchases', async () => {
    await place.stockUp(aggregates, 'tea', 9);
    await placeOrder('a', line('tea', 3));
    await aggregates.execute(productType, 'tea', { type: 'ChangeProduct', productId: 'tea', change: { purchaseLimit: { quantity: 3 } } }, place.cause());
    await placeOrder('b', line('tea', 1));
    expect(await refusalOf('b')).toMatchObject({ limits: [{ productId: 'tea', limit: 3, alreadyBought: 3, inCart: 1, requested: 1 }] });
    await aggregates.execute(productType, 'tea', { type: 'ChangeProduct', productId: 'tea', change: { purchaseLimit: null } }, place.cause());
    await placeOrder('c', line('tea', 1));
    expect(await statusOf('c')).toBe('held');
  });

  it('gives its claim back when it came to nothing', async () => {
    await place.stockUp(aggregates, 'tea', 9, { quantity: 3 });
    await placeOrder('a', line('tea', 3));
    await reservations.expire(orderExpired('a'));
    expect(await boughtOf('tea')).toBe(0);
    await placeOrder('b', line('tea', 3), line('mug', 1));
    expect(await statusOf('b')).toBe('refused');
    expect(await boughtOf('tea')).toBe(0);
    await placeOrder('c', line('tea', 3));
    expect(await statusOf('c')).toBe('held');
  });

  it('appends twice, one after the other, for one line', async () => {
    await place.stockUp(aggregates, 'tea', 5);
    await placeOrder('a', line('tea', 1));
    expect(await place.eventsOf('stock-tea')).toEqual(['StockAdjusted', 'StockHeld']);
    expect(await place.eventsOf(`allowance-${allowanceId('tea', customerId)}`)).toEqual(['AllowanceClaimed']);
    expect(await reservationEvents('a')).toEqual(['ReservationRequested', 'ReservationHeld']);
  });
});

describe('50 orders at once for one last unit (R12)', () => {
  it('end with one held and 49 refused, in one process and in several', async () => {
    await place.stockUp(aggregates, 'tea', 1);
    const processes = [reservations, ...[1, 2, 3].map(() => new ReservationProcess(place.startProcess(), place.clock))];
    const names = Array.from({ length: 50 }, (_, index) => `customer ${index}`);
    await Promise.all(names.map((name, index) => withRetries(() => (processes[index % processes.length] ?? reservations).reserve(orderPlaced(name, [line('tea', 1)], place.now)))));
    aggregates = place.startProcess();
    const statuses = await Promise.all(names.map(statusOf));
    expect(statuses.filter((status) => status === 'held')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'refused')).toHaveLength(49);
    expect(await totalsOf('tea')).toEqual({ onHand: 1, held: 1, committed: 0 });
  });
});

describe('an order that goes on', () => {
  beforeEach(async () => {
    await place.stockUp(aggregates, 'tea', 5, { quantity: 5 });
    await placeOrder('a', line('tea', 2));
  });

  it('owns its goods when it is confirmed, and takes them when it is shipped', async () => {
    await reservations.commit(orderConfirmed('a'));
    expect(await statusOf('a')).toBe('committed');
    expect(await totalsOf('tea')).toEqual({ onHand: 5, held: 0, committed: 2 });
    await reservations.ship(orderShipped('a'));
    expect(await statusOf('a')).toBe('shipped');
    expect(await totalsOf('tea')).toEqual({ onHand: 3, held: 0, committed: 0 });
    expect(await boughtOf('tea')).toBe(2);
  });

  it('is not released after it was shipped, nor shipped after it was released (R3)', async () => {
    await reservations.commit(orderConfirmed('a'));
    await reservations.ship(orderShipped('a'));
    await reservations.release(orderCanceled('a'), 'order_canceled');
    expect(await totalsOf('tea')).toEqual({ onHand: 3, held: 0, committed: 0 });
    await placeOrder('b', line('tea', 2));
    await reservations.commit(orderConfirmed('b'));
    await reservations.release(orderCanceled('b'), 'order_canceled');
    await reservations.ship(orderShipped('b'));
    expect(await statusOf('b')).toBe('released');
    expect(await totalsOf('tea')).toEqual({ onHand: 3, held: 0, committed: 0 });
    expect(await boughtOf('tea')).toBe(2);
  });

  it('gives everything back when it is canceled, rejected or expired', async () => {
    await placeOrder('b', line('tea', 1));
    await placeOrder('c', line('tea', 1));
    await reservations.release(orderCanceled('a'), 'order_canceled');
    await reservations.release(orderRejected('b'), 'order_rejected');
    await reservations.expire(orderExpired('c'));
    expect(await Promise.all(['a', 'b', 'c'].map(statusOf))).toEqual(['released', 'released', 'expired']);
    expect(await totalsOf('tea')).toEqual({ onHand: 5, held: 0, committed: 0 });
    expect(await boughtOf('tea')).toBe(0);
  });

  it('says nothing new when it was refused and is then rejected', async () => {
    await placeOrder('b', line('tea', 9));
    await reservations.release(orderRejected('b'), 'order_rejected');
    expect(await reservationEvents('b')).toEqual(['ReservationRequested', 'ReservationRefused']);
  });

  it('keeps a hold that lapsed while nobody wanted it', async () => {
    place.now += minutes(60);
    await reservations.commit(orderConfirmed('a'));
    expect(await statusOf('a')).toBe('committed');
  });

  it('is served again when its hold was given up and there is still stock', async () => {
    await place.stockUp(aggregates, 'mug', 1);
    await placeOrder('b', line('mug', 1));
    place.now += minutes(60);
    await placeOrder('c', line('mug', 1));
    await reservations.release(orderCanceled('c'), 'order_canceled');
    await reservations.commit(orderConfirmed('b'));
    expect(await statusOf('b')).toBe('committed');
    expect(await place.eventsOf('stock-mug')).toEqual([
      ...['StockAdjusted', 'StockHeld', 'StockReleased', 'StockHeld', 'StockReleased'],
      ...['StockHeld', 'StockCommitted'],
    ]);
  });

  it('is lost when its hold was given up and the goods are gone; a cancel then releases nothing, and says so', async () => {
    await place.stockUp(aggregates, 'mug', 1);
    await placeOrder('b', line('mug', 1), line('tea', 1));
    place.now += minutes(60);
    await placeOrder('c', line('mug', 1));
    await reservations.commit(orderConfirmed('b'));
    expect(await statusOf('b')).toBe('lost');
    expect(await totalsOf('mug')).toEqual({ onHand: 1, held: 1, committed: 0 });
    expect(await totalsOf('tea')).toEqual({ onHand: 5, held: 2, committed: 0 });
    expect(await boughtOf('tea')).toBe(2);
    await reservations.release(orderCanceled('b'), 'order_canceled');
    expect(await reservationEvents('b')).toEqual(['ReservationRequested', 'ReservationHeld', 'ReservationLost', 'ReservationReleased']);
  });
});

describe('an order of which nothing was held yet', () => {
  it('is not held after it was canceled', async () => {
    await place.stockUp(aggregates, 'tea', 5, { quantity: 5 });
    await reservations.release(orderCanceled('a'), 'order_canceled');
    await placeOrder('a', line('tea', 2));
    expect(await statusOf('a')).toBe('released');
    expect(await totalsOf('tea')).toEqual({ onHand: 5, held: 0, committed: 0 });
  });

  it('is lost when it is confirmed', async () => {
    await reservations.commit(orderConfirmed('a'));
    expect(await reservationEvents('a')).toEqual(['ReservationLost']);
  });

  it('leaves nothing held when it is canceled by another process in the middle of holding', async () => {
    for (let round = 0; round < 30; round++) {
      const [tea, mug, name] = [`tea-${round}`, `mug-${round}`, `order ${round}`];
      await place.stockUp(aggregates, tea, 5, { quantity: 5 });
      await place.stockUp(aggregates, mug, 5);
      const other = new ReservationProcess(place.startProcess(), place.clock);
      const canceling = async () => {
        for (let turn = 0; turn < round % 10; turn++) await new Promise(setImmediate);
        await withRetries(() => other.release(orderCanceled(name), 'order_canceled'));
      };
      await Promise.all([withRetries(() => reservations.reserve(orderPlaced(name, [line(tea, 2), line(mug, 1)], place.now))), canceling()]);
      aggregates = place.startProcess();
      reservations = new ReservationProcess(aggregates, place.clock);
      expect(await statusOf(name)).toBe('released');
      expect([await totalsOf(tea), await totalsOf(mug), await boughtOf(tea)]).toEqual([{ onHand: 5, held: 0, committed: 0 }, { onHand: 5, held: 0, committed: 0 }, 0]);
    }
  });
});

/** As the bus does with an event whose handler failed. */
async function withRetries(handle: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handle();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

type Handling = (process: ReservationProcess, name: string) => Promise<void>;

const reserve: Handling = (process, name) => process.reserve(orderPlaced(name, [line(`tea ${name}`, 2), line(`mug ${name}`, 1), line(`pot ${name}`, 1)], place.now));
const commit: Handling = (process, name) => process.commit(orderConfirmed(name));
const ship: Handling = (process, name) => process.ship(orderShipped(name));
const cancel: Handling = (process, name) => process.release(orderCanceled(name), 'order_canceled');
const expire: Handling = (process, name) => process.expire(orderExpired(name));
const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const pass: Handling = async () => {
  place.now = NOON + minutes(60);
};
/** Somebody else takes the mug whose hold has lapsed. */
const loseTheMug: Handling = (process, name) => process.reserve(orderPlaced(`rival of ${name}`, [line(`mug ${name}`, 1)], place.now));

interface Story {
  readonly about: string;
  readonly mugs?: number;
  readonly limit?: number;
  readonly before: readonly Handling[];
  readonly dying: Handling;
}

const stories: readonly Story[] = [
  { about: 'holding', before: [], dying: reserve },
  { about: 'refusing for a shortage', mugs: 0, before: [], dying: reserve },
  { about: 'refusing for a limit', limit: 1, before: [], dying: reserve },
  { about: 'committing', before: [reserve], dying: commit },
  { about: 'committing what lapsed', before: [reserve, pass], dying: commit },
  { about: 'losing', before: [reserve, pass, loseTheMug], dying: commit },
  { about: 'shipping', before: [reserve, commit], dying: ship },
  { about: 'shipping what was not yet committed', before: [reserve], dying: ship },
  { about: 'releasing what is held', before: [reserve], dying: cancel },
  { about: 'releasing what is committed', before: [reserve, commit], dying: cancel },
  { about: 'expiring', before: [reserve], dying: expire },
  { about: 'releasing what was lost', before: [reserve, pass, loseTheMug, commit], dying: cancel },
];

describe.each(stories)('a process that dies while $about', ({ mugs = 1, limit = 5, before, dying }) => {
  /** Everything that can be seen of the order afterwards, and every event that was written for it. */
  async function outcome(name: string) {
    const fresh = place.startProcess();
    const seen: Record<string, unknown> = { reservation: await reservationEvents(name), refusal: JSON.stringify(await refusalOf(name))?.replaceAll(name, '') };
    for (const what of ['tea', 'mug', 'pot']) {
      const { state } = await fresh.load(stockType, `${what} ${name}`);
      seen[what] = { available: availableIn(state), ...(await totalsOf(`${what} ${name}`)), standing: standingOf(state, orderIdOf(name)).standing };
      seen[`${what} events`] = await place.eventsOf(`stock-${what} ${name}`);
      seen[`${what} allowance`] = await place.eventsOf(`allowance-${allowanceId(`${what} ${name}`, customerId)}`);
    }
    return seen;
  }

  /** All orders go through the same at once. */
  async function tell(names: readonly string[], handlings: readonly Handling[]): Promise<void> {
    place.now = NOON;
    await Promise.all(
      names.flatMap((name) => [
        place.stockUp(aggregates, `tea ${name}`, 5, { quantity: limit, days: 7 }),
        place.stockUp(aggregates, `mug ${name}`, mugs),
        place.stockUp(aggregates, `pot ${name}`, 5, { quantity: 5 }),
      ]),
    );
    for (const handle of handlings) await Promise.all(names.map((name) => handle(reservations, name)));
  }

  /** Handles the event in a process that dies at the step. */
  async function die(name: string, step: number, when: 'before' | 'after'): Promise<void> {
    const mortal = dyingAt(place.startProcess(), step, when);
    await expect(dying(new ReservationProcess(mortal, place.clock), name)).rejects.toBeInstanceOf(Died);
    await mortal.settled();
  }

  it.each(['before', 'after'] as const)('%s any of its steps ends the same once the event is handled again', async (when) => {
    await tell(['undisturbed'], before);
    const immortal = dyingAt(place.startProcess(), Infinity, when);
    await dying(new ReservationProcess(immortal, place.clock), 'undisturbed');
    const wanted = await outcome('undisturbed');
    const names = Array.from({ length: immortal.steps() }, (_, step) => `dying at ${step}`);
    expect(names.length).toBeGreaterThan(2);
    await tell(names, before);
    await Promise.all(names.map((name, step) => die(name, step, when)));
    for (let again = 0; again < 2; again++) {
      const restarted = new ReservationProcess(place.startProcess(), place.clock);
      await Promise.all(names.map((name) => dying(restarted, name)));
    }
    for (const name of names) expect(await outcome(name)).toEqual(wanted);
  });
});
