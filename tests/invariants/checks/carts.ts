import type { RecordedEvent } from '@tillroll/event-store';
import { isDeepStrictEqual } from 'node:util';
import type { Evidence } from '../evidence';

/** One checked-out cart ↔ one order; order lines = cart lines at that revision; total = Σ quantity × unit price. */
export function cartsBecomeOneOrder({ events, orders }: Evidence): readonly string[] {
  const wrong: string[] = [];
  const placed = events.filter(({ type }) => type === 'OrderPlaced');
  const sold = events.filter(({ type }) => type === 'CartCheckedOut');
  for (const cart of sold) {
    const { orderId, cartId } = cart.data;
    const order = placed.find(({ data }) => data['orderId'] === orderId);
    if (order === undefined || order.data['cartId'] !== cartId) wrong.push(`cart ${String(cartId)} was checked out for order ${String(orderId)}, which is not of it`);
    else if (!isDeepStrictEqual(quantitiesIn(order), quantitiesBefore(cart, events))) wrong.push(`order ${String(orderId)} has other lines than its cart`);
  }
  for (const [cartId, checkouts] of Map.groupBy(sold, ({ data }) => data['cartId'])) if (checkouts.length > 1) wrong.push(`cart ${String(cartId)} was checked out ${checkouts.length} times`);
  for (const { orderId, lines, total, status } of orders) {
    const sum = lines.reduce((amount, { quantity, unitPrice }) => amount + quantity * unitPrice.amount, 0);
    if (sum !== total.amount) wrong.push(`the lines of order ${orderId} make ${sum}, its total is ${total.amount}`);
    const isSold = sold.some(({ data }) => data['orderId'] === orderId);
    if (!isSold && !['rejected', 'canceled', 'expired'].includes(status)) wrong.push(`order ${orderId} is ${status}, and no cart was checked out for it`);
  }
  return wrong;
}

type Quantities = Readonly<Record<string, number>>;

function quantitiesIn({ data }: RecordedEvent): Quantities {
  const lines = data['lines'] as readonly { readonly productId: string; readonly quantity: number }[];
  return Object.fromEntries(lines.map(({ productId, quantity }) => [productId, quantity]));
}

/** What was in the cart when it was checked out, from what was added and taken away. */
function quantitiesBefore({ streamId, revision }: RecordedEvent, events: readonly RecordedEvent[]): Quantities {
  const quantities = new Map<string, number>();
  for (const { type, data } of events.filter((event) => event.streamId === streamId && event.revision < revision)) {
    const productId = String(data['productId']);
    if (type === 'ItemAdded') quantities.set(productId, (quantities.get(productId) ?? 0) + Number(data['quantity']));
    if (type === 'ItemQuantityChanged') quantities.set(productId, Number(data['quantity']));
    if (type === 'ItemRemoved') quantities.delete(productId);
    if (type === 'CartEmptied') quantities.clear();
  }
  return Object.fromEntries(quantities);
}
