import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { EpochMs } from '@tillroll/kernel';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** What one order bought of one product. */
export type Purchase = {
  /** Customer and product: see {@link purchasesKey}. */
  readonly of: string;
  readonly orderId: string;
  readonly quantity: number;
  readonly placedAt: EpochMs;
};

/** Kept under the order id: the order ended without a sale, so its purchases do not count. */
export type NoPurchase = { readonly orderId: string };

type Placed = DataOf<typeof order.OrderPlaced>;

export const purchasesKey = (customerId: string, productId: string): string => `${customerId}~${productId}`;

const placed = (event: BusEvent): readonly DocumentChange[] => {
  const { customerId, orderId, placedAt, lines } = event.data as Placed;
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].map(([productId, quantity]) => {
    const of = purchasesKey(customerId, productId);
    return { id: `${of}~${orderId}`, change: (): Purchase => ({ of, orderId, quantity, placedAt: Date.parse(placedAt) }) };
  });
};

/** The events that end an order do not name its products: the order is marked, whatever it bought. */
const endedUnsold = (event: BusEvent): readonly DocumentChange[] => {
  const { orderId } = event.data as { readonly orderId: string };
  return [{ id: orderId, change: (): NoPurchase => ({ orderId }) }];
};

export const purchases: Projection = {
  name: 'cart.purchases',
  version: 1,
  indexes: [{ fields: ['of', 'placedAt'] }],
  on: {
    [order.OrderPlaced.type]: placed,
    [order.OrderRejected.type]: endedUnsold,
    [order.OrderExpired.type]: endedUnsold,
    [order.OrderCanceled.type]: endedUnsold,
  },
};
