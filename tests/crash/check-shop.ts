import { isDeepStrictEqual } from 'node:util';
import { type Intent, Provider } from '../support/provider';
import { everyOneOf, readinessOf } from '../support/settled-shop';
import { differencesBetweenLedgers, type Kept, violationsIn } from '../support/data-directory';
import { expecting, type ShopClient } from '../support/shop-client';
import type { Adjustment, Books, KnownOrder, OrderLine } from './books';

interface ListedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly stockStatus: string;
  readonly compensating: boolean;
  readonly lines: readonly (OrderLine & { readonly unitPrice: { readonly amount: number } })[];
  readonly total: { readonly amount: number };
}

interface Movement {
  readonly revision: number;
  readonly type: string;
  readonly quantity: number;
  readonly reason?: string;
}

export interface CheckedShop {
  readonly admin: ShopClient;
  readonly kept: Kept;
  readonly books: Books;
  readonly products: readonly string[];
  /** Others than these are none of our business: a shop that was there before. Default: all. */
  readonly customers?: ReadonlySet<string>;
}

const FALLEN_THROUGH = ['canceled', 'rejected', 'expired'];
const SENT = ['shipped', 'delivered'];
/** Judged so much later, nothing that stands still counts as in motion. */
const LATER_MS = 20 * 60_000;

/** Everything that is wrong with a shop in which nobody does anything now, in words. */
export async function whatIsWrongWith(shop: CheckedShop): Promise<readonly string[]> {
  const { admin, kept, books, products, customers } = shop;
  const orders = (await everyOneOf<ListedOrder>(admin, '/admin/orders')).filter(({ customerId }) => customers?.has(customerId) ?? true);
  const wrong = [...wrongOrders(books, orders), ...(await wrongMoney(shop, orders))];
  for (const productId of products) wrong.push(...(await wrongStock(shop, productId, orders)));
  for (const { message, streams, invariant } of await violationsIn(kept, Date.now() + LATER_MS)) wrong.push(`invariant ${invariant}: ${message} (${streams.join(', ')})`);
  for (const { consumer, parkedSubjects } of (await readinessOf(admin)).parts['event-bus'].consumers) if (parkedSubjects > 0) wrong.push(`${consumer} has parked ${parkedSubjects}`);
  return wrong;
}

/** Orders that move by themselves. */
export const unsettled = async (admin: ShopClient, customers?: ReadonlySet<string>): Promise<number> =>
  (await everyOneOf<ListedOrder>(admin, '/admin/orders')).filter(
    ({ customerId, compensating, status, paymentStatus, stockStatus }) =>
      customers?.has(customerId) !== false &&
      (compensating || stockStatus === 'requested' || (SENT.includes(status) && paymentStatus === 'authorized') || (status === 'confirmed' && stockStatus !== 'committed')),
  ).length;

function wrongOrders(books: Books, orders: readonly ListedOrder[]): readonly string[] {
  const wrong: string[] = [];
  const listed = new Map(orders.map((order) => [order.orderId, order]));
  for (const { orderId } of orders) if (!books.orders.has(orderId)) wrong.push(`order ${orderId} belongs to no key`);
  for (const known of books.orders.values()) {
    const order = listed.get(known.orderId);
    if (order === undefined) wrong.push(`order ${known.orderId} is lost`);
    else wrong.push(...wrongOrder(known, order).map((what) => `order ${known.orderId} ${what} (${JSON.stringify({ known: { ...known, payments: [...known.payments], refunds: [...known.refunds] }, order })})`));
  }
  return wrong;
}

function wrongOrder(known: KnownOrder, order: ListedOrder): readonly string[] {
  const wrong: string[] = [];
  const lines = order.lines.map(({ productId, quantity }) => ({ productId, quantity }));
  if (known.keys.size !== 1) wrong.push(`answered ${known.keys.size} keys`);
  if (order.customerId !== known.customerId) wrong.push('is of another customer');
  if (!isDeepStrictEqual(lines, known.lines)) wrong.push('has other lines than its cart had');
  if (known.rejected !== (order.status === 'rejected')) wrong.push(`is ${order.status}, rejected: ${known.rejected}`);
  if (known.canceled && order.status !== 'canceled') wrong.push(`was canceled and is ${order.status}`);
  if (known.advancedTo !== undefined && order.status !== known.advancedTo && !(known.advancedTo === 'processing' && order.status === 'canceled')) wrong.push(`was ${known.advancedTo} and is ${order.status}`);
  if (known.approved && order.status === 'pending') wrong.push('was paid on the provider’s page and waits for payment');
  return wrong;
}

async function wrongMoney({ admin, kept, books, customers }: CheckedShop, orders: readonly ListedOrder[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const isOurs = (orderId: string) => customers === undefined || books.orders.has(orderId);
  for (const difference of await differencesBetweenLedgers(kept, admin.url, isOurs)) wrong.push(`the ledgers differ: ${JSON.stringify(difference)}`);
  const intents = Map.groupBy(await everyOneOf<Intent>(new Provider(admin).api, '/sandbox/v1/intents'), ({ orderId }) => orderId);
  for (const order of orders) wrong.push(...wrongMoneyOf(order, books.orders.get(order.orderId), intents.get(order.orderId) ?? []));
  for (const orderId of intents.keys()) if (isOurs(orderId) && !books.orders.has(orderId)) wrong.push(`the provider was paid for order ${orderId}, which nobody placed`);
  return wrong;
}

function wrongMoneyOf(order: ListedOrder, known: KnownOrder | undefined, intents: readonly Intent[]): readonly string[] {
  const wrong: string[] = [];
  const { orderId, status, paymentStatus, total } = order;
  const kept = intents.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
  const refunds = [...(known?.refunds.values() ?? [])].reduce((sum, amount) => sum + amount, 0);
  const isSold = !FALLEN_THROUGH.includes(status) && status !== 'pending';
  const due = isSold && paymentStatus !== 'authorized' ? total.amount - refunds : 0;
  if (kept !== due) wrong.push(`order ${orderId} is ${status} and ${paymentStatus}, ${due} is due, the provider has ${kept}: ${JSON.stringify(intents)}`);
  for (const paymentId of known?.payments.values() ?? []) if (!intents.some((intent) => intent.paymentId === paymentId)) wrong.push(`payment ${paymentId} of order ${orderId} is unknown to the provider`);
  const begun = new Set(intents.map(({ paymentId }) => paymentId));
  if (begun.size !== intents.length) wrong.push(`order ${orderId} has payments that the provider took twice`);
  return wrong;
}

async function wrongStock({ admin, books }: CheckedShop, productId: string, orders: readonly ListedOrder[]): Promise<readonly string[]> {
  const stock = await expecting(200, admin.get(`/products/${productId}/stock`));
  const unitsOf = (wanted: (order: ListedOrder) => boolean): number =>
    orders.filter(wanted).reduce((sum, { lines }) => sum + lines.reduce((units, line) => (line.productId === productId ? units + line.quantity : units), 0), 0);
  const expected = {
    onHand: books.received(productId) - unitsOf(({ status }) => SENT.includes(status)),
    held: unitsOf(({ status }) => status === 'pending'),
    committed: unitsOf(({ status }) => status === 'confirmed' || status === 'processing'),
  };
  const { onHand, held, committed } = stock;
  const wrong = isDeepStrictEqual({ onHand, held, committed }, expected) ? [] : [`${productId} has ${JSON.stringify({ onHand, held, committed })} and should have ${JSON.stringify(expected)}`];
  const adjusted = (await everyOneOf<Movement>(admin, `/products/${productId}/stock-movements`)).filter(({ type }) => type === 'adjusted');
  return [...wrong, ...wrongAdjustments(productId, books.adjustments, adjusted)];
}

function wrongAdjustments(productId: string, told: readonly Adjustment[], movements: readonly Movement[]): readonly string[] {
  const expected = told.filter((adjustment) => adjustment.productId === productId).map(({ reason, delta }) => `${reason} ${delta}`);
  const found = movements.map(({ reason, quantity }) => `${reason} ${quantity}`);
  return isDeepStrictEqual(expected.sort(), found.sort()) ? [] : [`the adjustments of ${productId} are ${found.join(', ')} and should be ${expected.join(', ')}`];
}
