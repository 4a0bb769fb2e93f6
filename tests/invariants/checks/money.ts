import type { GatewayIntent } from '@tillroll/payment/gateway/port';
import type { Evidence } from '../evidence';

const FALLEN_THROUGH = ['rejected', 'expired', 'canceled'];

const keptOf = (intents: readonly GatewayIntent[]): number => intents.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);

/** Refunds that the provider refused for good: people look at them. */
function inAttention({ events }: Evidence, orderId: string): number {
  const last = new Map<string, { readonly type: string; readonly amount: number }>();
  for (const { type, data } of events)
    if (data['orderId'] === orderId && type.startsWith('Refund')) last.set(String(data['refundId']), { type, amount: (data['amount'] as { readonly amount: number }).amount });
  return [...last.values()].reduce((sum, { type, amount }) => (type === 'RefundNeedsAttention' ? sum + amount : sum), 0);
}

/** captured - refunded ≤ order total; it is 0 for every canceled, expired or rejected order once compensation ends. By the provider's books. */
export function noMoneyIsKeptThatIsNotDue(evidence: Evidence): readonly string[] {
  const wrong: string[] = [];
  for (const { orderId, status, total, compensating } of evidence.orders) {
    const intents = evidence.intents.get(orderId) ?? [];
    const kept = keptOf(intents);
    const stuck = inAttention(evidence, orderId);
    if (intents.some(({ captured, refunded }) => refunded.amount > captured.amount)) wrong.push(`more was paid back for order ${orderId} than was taken`);
    if (kept > total.amount + stuck) wrong.push(`${kept} is kept for order ${orderId} of ${total.amount}`);
    if (FALLEN_THROUGH.includes(status) && kept !== stuck) wrong.push(`${kept} is kept of order ${orderId}, which is ${status}; ${stuck} waits for people`);
    if (compensating !== stuck > 0) wrong.push(`order ${orderId} is compensating: ${compensating}, ${stuck} waits for people`);
  }
  return wrong;
}

/** Every captured payment ends in a confirmed order or a refund. An order is paid at most once. */
export function paymentsConfirmOrComeBack(evidence: Evidence): readonly string[] {
  const wrong: string[] = [];
  const orders = new Map(evidence.orders.map((order) => [order.orderId, order]));
  for (const [orderId, intents] of evidence.intents) {
    if (!evidence.world.orders.some((order) => order.orderId === orderId)) continue;
    const order = orders.get(orderId);
    if (order === undefined) {
      wrong.push(`the provider has ${intents.length} payments of order ${orderId}, which there is not`);
      continue;
    }
    const paid = intents.filter(({ captured, refunded }) => captured.amount > refunded.amount && captured.amount > 0);
    const stuck = inAttention(evidence, orderId);
    if (paid.length > 1 && stuck === 0) wrong.push(`order ${orderId} was paid ${paid.length} times`);
    if (paid.length > 0 && ['pending', ...FALLEN_THROUGH].includes(order.status) && stuck === 0) wrong.push(`order ${orderId} was paid and is ${order.status}`);
    const wasConfirmed = evidence.events.filter(({ type, data }) => type === 'OrderConfirmed' && data['orderId'] === orderId).length;
    if (wasConfirmed > 1) wrong.push(`order ${orderId} was confirmed ${wasConfirmed} times`);
    if (new Set(intents.map(({ paymentId }) => paymentId)).size !== intents.length) wrong.push(`the provider took a payment of order ${orderId} twice`);
  }
  return wrong;
}
