import { inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { createTranslator } from '@tillroll/event-bus';
import type { Aggregates, DeadlineChange } from '@tillroll/processing';
import { stockType } from '../aggregate-types';
import { inventoryPublications } from '../public';
import { ReservationProcess } from '../reactors/reservation-process';
import { InventoryPlace, orderConfirmed, orderIdOf, orderPlaced } from '../testing/inventory-place';
import { HoldExpiry } from './hold-expiry';

let place: InventoryPlace;
let aggregates: Aggregates;
let reservations: ReservationProcess;
let holdExpiry: HoldExpiry;

beforeEach(async () => {
  place = new InventoryPlace();
  aggregates = place.startProcess();
  reservations = new ReservationProcess(aggregates, place.clock);
  holdExpiry = new HoldExpiry(aggregates, place.clock);
  await place.stockUp(aggregates, 'tea', 5);
});
afterEach(() => place.close());

const placeOrder = (name: string) => reservations.reserve(orderPlaced(name, [{ productId: 'tea', quantity: 2 }], place.now));

async function stockEvents(): Promise<readonly BusEvent[]> {
  const translate = createTranslator([inventoryPublications]);
  const events: BusEvent[] = [];
  for await (const page of place.store.readStream('stock-tea')) events.push(...page.flatMap((recorded) => translate(recorded) ?? []));
  return events;
}

/** Which deadlines exist follows from events alone. */
async function standing(): Promise<readonly Required<DeadlineChange>[]> {
  const deadlines = new Map<string, Required<DeadlineChange>>();
  for (const event of await stockEvents())
    for (const { key, at, data = {} } of holdExpiry.on[event.type]?.(event) ?? []) {
      if (at === undefined) deadlines.delete(key);
      else deadlines.set(key, { key, at, data });
    }
  return [...deadlines.values()];
}

describe('a hold that nobody ended', () => {
  it('is given back a minute after its order ended, once', async () => {
    await placeOrder('a');
    const [deadline] = await standing();
    expect(deadline).toMatchObject({ key: `tea~${orderIdOf('a')}`, at: place.now + 31 * 60_000 });
    if (deadline === undefined) return;
    place.now = deadline.at;
    await holdExpiry.due(deadline);
    await holdExpiry.due(deadline);
    expect((await aggregates.load(stockType, 'tea')).state).toMatchObject({ onHand: 5, held: 0 });
    expect(await standing()).toEqual([]);
    const events = await stockEvents();
    expect(events.at(-1)).toMatchObject({ type: inventory.StockReleased.type, data: { reason: 'expired' }, causationId: events.at(-2)?.id });
  });

  it('has no deadline any more once the goods are the order’s', async () => {
    await placeOrder('a');
    const [deadline] = await standing();
    await reservations.commit(orderConfirmed('a'));
    expect(await standing()).toEqual([]);
    place.now += 60 * 60_000;
    if (deadline !== undefined) await holdExpiry.due(deadline);
    expect((await aggregates.load(stockType, 'tea')).state).toMatchObject({ onHand: 5, held: 0, committed: 2 });
  });
});
