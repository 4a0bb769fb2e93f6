import type { GatewayIntent } from '@tillroll/payment/gateway/port';
import type { Evidence } from '../evidence';

const FALLEN_THROUGH = ['rejected', 'expired', 'canceled'];

const keptOf = (intents: readonly GatewayIntent[]): number => intents.reduce((sum, { captured, refunded }) => sum + captured.amount - refunded.amount, 0);

interface Refunding {
  /** Refunds that the provider refused for good: people look at them. */
  readonly inAttention: number;
  /** All that was taken and did not come back, of the payments that have such refunds. */
  readonly unreturned: number;
}

/** Several refunds of one payment may have failed that together would be more than was taken. */
function refunding({ events }: Evidence, intents: readonly GatewayIntent[]): Refunding {
  const sums = intents.map(({ paymentId, captured, refunded }) => {
    const last = new Map<string, { readonly type: string; readonly amount: number }>();
    for (const { type, data } of events)
      if (data['paymentId'] === paymentId && type.startsWith('Refund')) last.set(String(data['refundId']), { type, amount: (data['amount'] as { readonly amount: number }).amount });
    const inAttention = [...last.values()].reduce((sum, { type, amount }) => (type === 'RefundNeedsAttention' ? sum + amount : sum), 0);
    return { inAttention, unreturned: inAttention > 0 ? captured.amount - refunded.amount : 0 };
  });
  return { inAttention: sums.reduce((sum, { inAttention }) => sum + inAttention, 0), unreturned: sums.reduce((sum, { unreturned }) => sum + unreturned, 0) };
}

/** captured - refunded ≤ order total; it is 0 for every canceled, expired or rejected order once compensation ends. By the provider's books. */
export function noMoneyIsKeptThatIsNotDue(evidence: Evidence): readonly string[] {
  const wrong: string[] = [];
  for (const { orderId, status, total, compensating } of evidence.orders) {
    const intents = evidence.intents.get(orderId) ?? [];
    const kept = keptOf(intents);
    const { inAttention, unreturned } = refunding(evidence, intents);
    if (intents.some(({ captured, refunded }) => refunded.amount > captured.amount)) wrong.push(`more was paid back for order ${orderId} than was taken`);
    if (kept > total.amount + unreturned) wrong.push(`${kept} is kept for order ${orderId} of ${total.amount}`);
    if (FALLEN_THROUGH.includes(status) && kept > Math.min(inAttention, unreturned)) wrong.push(`${kept} is kept of order ${orderId}, which is ${status}; ${inAttention} waits for people`);
    if (compensating !== unreturned > 0) wrong.push(`order ${orderId} is compensating: ${compensating}, ${unreturned} waits for people`);
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
    const { inAttention } = refunding(evidence, intents);
    if (paid.length > 1 && inAttention === 0) wrong.push(`order ${orderId} was paid ${paid.length} times`);
    if (paid.length > 0 && ['pending', ...FALLEN_THROUGH].includes(order.status) && inAttention === 0) wrong.push(`order ${orderId} was paid and is ${order.status}`);
    const wasConfirmed = evidence.events.filter(({ type, data }) => type === 'OrderConfirmed' && data['orderId'] === orderId).length;
    if (wasConfirmed > 1) wrong.push(`order ${orderId} was confirmed ${wasConfirmed} times`);
    if (new Set(intents.map(({ paymentId }) => paymentId)).size !== intents.length) wrong.push(`the provider took a payment of order ${orderId} twice`);
  }
  return wrong;
}
