import type { Evidence } from '../evidence';

const DAY_MS = 24 * 3_600_000;

interface Bought {
  readonly orderId: string;
  readonly quantity: number;
  readonly at: number;
}

interface Limit {
  readonly quantity: number;
  readonly days?: number;
}

/**
 * A customer's purchases of a limited product within the window never exceed the limit, across orders: whenever the stock
 * of an order is held, what its customer then has bought in the window before it, without what fell through.
 */
export function limitsAreKept({ events }: Evidence): readonly string[] {
  const wrong: string[] = [];
  const limits = new Map<string, Limit | undefined>();
  const placed = new Map<string, { readonly customerId: string; readonly at: number; readonly lines: readonly { readonly productId: string; readonly quantity: number }[] }>();
  const bought = new Map<string, Bought[]>();
  for (const { type, data } of events) {
    const orderId = String(data['orderId']);
    if (type === 'ProductCreated' || type === 'ProductChanged' || type === 'ProductWithdrawn') limits.set(String(data['productId']), data['purchaseLimit'] as Limit | undefined);
    if (type === 'OrderPlaced') placed.set(orderId, { customerId: String(data['customerId']), at: Date.parse(String(data['placedAt'])), lines: data['lines'] as never });
    if (type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationLost') for (const purchases of bought.values()) removeOrder(purchases, orderId);
    if (type !== 'ReservationHeld') continue;
    const { customerId = '', at = 0, lines = [] } = placed.get(orderId) ?? {};
    for (const { productId, quantity } of lines) {
      const key = `${productId} ${customerId}`;
      const purchases = bought.get(key) ?? [];
      bought.set(key, purchases);
      purchases.push({ orderId, quantity, at });
      const limit = limits.get(productId);
      if (limit === undefined) continue;
      const since = limit.days === undefined ? Number.NEGATIVE_INFINITY : at - limit.days * DAY_MS;
      const sum = purchases.reduce((units, purchase) => (purchase.at > since ? units + purchase.quantity : units), 0);
      if (sum > limit.quantity) wrong.push(`customer ${customerId} has ${sum} of ${productId}, allowed are ${limit.quantity}`);
    }
  }
  return wrong;
}

function removeOrder(purchases: Bought[], orderId: string): void {
  const index = purchases.findIndex((purchase) => purchase.orderId === orderId);
  if (index >= 0) purchases.splice(index, 1);
}
