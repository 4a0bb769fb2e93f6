import { type EventContract, order as contracts } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import { order } from '../write/order';
import type { OrderEvent } from '../write/order-events';
import { isCompensating, isPlaced, paymentStatusOf, type PaymentStatus, type PlacedOrder } from '../write/order-state';

/** The folded order, with what is derived from it so that it can be filtered. */
export type OrderDocument = PlacedOrder & {
  readonly paymentStatus: PaymentStatus;
  readonly compensating: boolean;
  readonly revision: number;
};

export const ORDERS = 'order.orders';

/** The document of a placed order at a revision: what the fold of its stream gives. */
export const orderDocument = (state: PlacedOrder, revision: number): OrderDocument => ({
  ...state,
  paymentStatus: paymentStatusOf(state),
  compensating: isCompensating(state),
  revision,
});

/** Every event of an order's stream. */
const ofOrder: Readonly<Record<OrderEvent['type'], EventContract>> = {
  OrderPlaced: contracts.OrderPlaced,
  OrderStockHeld: contracts.OrderStockHeld,
  OrderStockCommitted: contracts.OrderStockCommitted,
  OrderStockReleased: contracts.OrderStockReleased,
  OrderRejected: contracts.OrderRejected,
  OrderPaymentRequested: contracts.OrderPaymentRequested,
  OrderPaymentJoined: contracts.OrderPaymentJoined,
  OrderPaymentAskedAgain: contracts.OrderPaymentAskedAgain,
  OrderPaymentUpdated: contracts.OrderPaymentUpdated,
  OrderRefundUpdated: contracts.OrderRefundUpdated,
  OrderConfirmed: contracts.OrderConfirmed,
  OrderExpired: contracts.OrderExpired,
  OrderCanceled: contracts.OrderCanceled,
  OrderProcessing: contracts.OrderProcessing,
  OrderShipped: contracts.OrderShipped,
  OrderDelivered: contracts.OrderDelivered,
  OrderVoidRequired: contracts.OrderVoidRequired,
  OrderRefundRequired: contracts.OrderRefundRequired,
  PaymentReturned: contracts.PaymentReturned,
  CompensationCompleted: contracts.CompensationCompleted,
};

function folding(storedType: string) {
  return (event: BusEvent): readonly DocumentChange<OrderDocument>[] => {
    const { orderId } = event.data as { readonly orderId: string };
    return [{ id: orderId, change: (before) => fold(before, { ...event.data, type: storedType } as OrderEvent, event.sequence) }];
  };
}

function fold(before: OrderDocument | undefined, event: OrderEvent, revision: number): OrderDocument | undefined {
  const after = order.evolve(before ?? order.initialState, event);
  return isPlaced(after) ? orderDocument(after, revision) : undefined;
}

export const ordersProjection: Projection<OrderDocument> = {
  name: ORDERS,
  version: 1,
  indexes: [
    { fields: ['placedAt'] },
    { fields: ['status', 'placedAt'] },
    { fields: ['paymentStatus', 'placedAt'] },
    { fields: ['customerId', 'placedAt'] },
    { fields: ['customerId', 'status', 'placedAt'] },
  ],
  on: Object.fromEntries(Object.entries(ofOrder).map(([storedType, { type }]) => [type, folding(storedType)])),
};
