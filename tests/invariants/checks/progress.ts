import type { Evidence } from '../evidence';

/** Nothing is stuck: every order is final or waits for something that has a deadline, or for people. Time has passed them all. */
export function nothingIsStuck({ events, orders, parked, world }: Evidence): readonly string[] {
  const wrong: string[] = [];
  if (parked > 0) wrong.push(`${parked} events are parked`);
  for (const { orderId, status, stockStatus, paymentStatus } of orders) {
    if (status === 'pending') wrong.push(`order ${orderId} is still pending`);
    if (['confirmed', 'processing'].includes(status) && stockStatus !== 'committed') wrong.push(`order ${orderId} is ${status} and its stock ${stockStatus}`);
    if (['shipped', 'delivered'].includes(status) && paymentStatus === 'authorized') wrong.push(`the payment of order ${orderId}, which is ${status}, was never taken`);
  }
  for (const { orderId } of world.orders) if (!orders.some((order) => order.orderId === orderId) && !wasRefused(orderId, events)) wrong.push(`order ${orderId} was promised and never placed`);
  return [...wrong, ...openPayments(events, orders), ...openCheckouts(events)];
}

const LIVE = ['PaymentInitiated', 'PaymentActionRequired', 'PaymentProcessing', 'PaymentVoidRequested', 'PaymentCaptureRequested', 'PaymentCheckScheduled'];

function openPayments(events: Evidence['events'], orders: Evidence['orders']): readonly string[] {
  const last = new Map<string, { readonly type: string; readonly orderId: string }>();
  for (const { streamId, type, data } of events)
    if (streamId.startsWith('payment-') && type.startsWith('Payment') && type !== 'PaymentMismatchRecorded') last.set(streamId, { type, orderId: String(data['orderId']) });
  return [...last].flatMap(([streamId, { type, orderId }]) => {
    const status = orders.find((order) => order.orderId === orderId)?.status;
    const mayRest = type === 'PaymentAuthorized' && (status === 'confirmed' || status === 'processing');
    return LIVE.includes(type) || (type === 'PaymentAuthorized' && !mayRest) ? [`${streamId} stands at ${type}, its order is ${status}`] : [];
  });
}

/** The checkout was undecided when it was promised, and then the cart was not as it should be. */
export const wasRefused = (orderId: string, events: Evidence['events']): boolean =>
  events.findLast(({ streamId }) => streamId === `checkout-${orderId}`)?.type === 'CheckoutRefused';

function openCheckouts(events: Evidence['events']): readonly string[] {
  const last = new Map<string, string>();
  for (const { streamId, type } of events) if (streamId.startsWith('checkout-')) last.set(streamId, type);
  return [...last].filter(([, type]) => type === 'CheckoutRequested').map(([streamId]) => `${streamId} got no answer`);
}
