import type { RecordedEvent } from '@tillroll/event-store';
import type { Evidence, ShownOrder } from '../evidence';

type Totals = { readonly onHand: number; readonly held: number; readonly committed: number };

const FALLEN_THROUGH = ['rejected', 'expired', 'canceled'];
const SENT = ['shipped', 'delivered'];

const ofStock = (events: readonly RecordedEvent[]): ReadonlyMap<string, readonly RecordedEvent[]> =>
  Map.groupBy(events.filter(({ streamId }) => streamId.startsWith('stock-')), ({ streamId }) => streamId.slice('stock-'.length));

const totalsOf = ({ data }: RecordedEvent): Totals | undefined => (typeof data['onHand'] === 'number' ? (data as unknown as Totals) : undefined);

/** Per product: onHand ≥ 0 and held + committed ≤ onHand, unless a recorded shortfall explains it (it may be sent out all the same). At every revision. */
export function productsArePromisedOnce({ events, stocks, shortfalls }: Evidence): readonly string[] {
  const wrong: string[] = [];
  for (const [productId, history] of ofStock(events))
    for (const [index, event] of history.entries()) {
      const totals = totalsOf(event);
      if (totals === undefined) continue;
      const missing = Math.max(0, totals.held + totals.committed - totals.onHand);
      if (missing > explainedFrom(history, index)) wrong.push(`${productId} promises ${missing} too many at revision ${event.revision}`);
    }
  for (const { productId, onHand, held, committed } of stocks) {
    const missing = Math.max(0, held + committed - onHand);
    if (missing !== (shortfalls.get(productId) ?? 0)) wrong.push(`${productId} is short of ${missing}, listed are ${shortfalls.get(productId) ?? 0}`);
  }
  return wrong;
}

/** What was recorded up to there, or with the same command. */
function explainedFrom(history: readonly RecordedEvent[], index: number): number {
  const { commandId } = history[index]?.metadata ?? {};
  const known = history.filter((event, at) => event.type === 'ShortfallRecorded' && (at <= index || event.metadata.commandId === commandId));
  return Math.max(0, ...known.slice(-2).map(({ data }) => Number(data['shortfall'])));
}

/** received + adjusted - shipped = onHand at every revision; held and committed are what the orders have, as the shop shows them. */
export function stockIsConserved({ events, stocks, orders }: Evidence): readonly string[] {
  const wrong: string[] = [];
  for (const [productId, history] of ofStock(events)) {
    let balance = 0;
    for (const { type, data, revision } of history) {
      if (type === 'StockAdjusted') balance += Number(data['delta']);
      if (type === 'StockShipped') balance -= Number(data['quantity']);
      if (typeof data['onHand'] === 'number' && data['onHand'] !== balance) wrong.push(`${productId} has ${data['onHand']} at revision ${revision}, where ${balance} came and stayed`);
    }
  }
  for (const { productId, held, committed } of stocks) {
    const expected = { held: unitsOf(orders, productId, ['pending']), committed: unitsOf(orders, productId, ['confirmed', 'processing']) };
    if (held !== expected.held || committed !== expected.committed) wrong.push(`${productId} shows ${held} held and ${committed} committed, its orders have ${JSON.stringify(expected)}`);
  }
  return wrong;
}

const unitsOf = (orders: readonly ShownOrder[], productId: string, statuses: readonly string[]): number =>
  orders
    .filter(({ status }) => statuses.includes(status))
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => (line.productId === productId ? sum + line.quantity : sum), 0);

/** A final order owns no live reservation. Each reservation is released or shipped at most once, and never both. */
export function reservationsEndOnce({ events, orders }: Evidence): readonly string[] {
  const wrong: string[] = [];
  const live = new Map<string, string>();
  const ends = new Map<string, number>();
  for (const { streamId, type, data } of events) {
    const orderId = String(data['orderId']);
    const claim = `${streamId} ${orderId}`;
    if (streamId.startsWith('reservation-')) live.set(orderId, type);
    if (type === 'StockHeld') ends.set(claim, 0);
    if (type !== 'StockReleased' && type !== 'StockShipped') continue;
    const times = (ends.get(claim) ?? 1) + 1;
    ends.set(claim, times);
    if (times > 1) wrong.push(`the units of order ${orderId} in ${streamId} ended ${times} times`);
  }
  for (const { orderId, status } of orders) {
    const last = live.get(orderId);
    const isLive = last === 'ReservationRequested' || last === 'ReservationHeld' || last === 'ReservationCommitted';
    if ((FALLEN_THROUGH.includes(status) || SENT.includes(status)) && isLive) wrong.push(`order ${orderId} is ${status} and its reservation stands at ${last}`);
    if (SENT.includes(status) && last !== 'ReservationShipped') wrong.push(`order ${orderId} is ${status} and its reservation stands at ${last}`);
    if (FALLEN_THROUGH.includes(status) && last === 'ReservationShipped') wrong.push(`the goods of order ${orderId} left although it is ${status}`);
  }
  return wrong;
}
