import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** What this context knows of an order: whose it is, the payment that confirmed it, and what it has learned of its refunds. */
export type PayableOrder = {
  readonly orderId: string;
  readonly customerId: string;
  readonly paymentId?: string;
  readonly refunds?: Readonly<Record<string, string>>;
};

export const PAYABLE_ORDERS = 'payment.payable-orders';

export const payableOrdersProjection: Projection<PayableOrder> = {
  name: PAYABLE_ORDERS,
  version: 2,
  indexes: [],
  on: {
    [order.OrderPlaced.type]: (event: BusEvent): readonly DocumentChange<PayableOrder>[] => {
      const { orderId, customerId } = event.data as DataOf<typeof order.OrderPlaced>;
      return [{ id: orderId, change: () => ({ orderId, customerId }) }];
    },
    [order.OrderConfirmed.type]: (event: BusEvent): readonly DocumentChange<PayableOrder>[] => {
      const { orderId, customerId, paymentId } = event.data as DataOf<typeof order.OrderConfirmed>;
      return [{ id: orderId, change: () => ({ orderId, customerId, paymentId }) }];
    },
    [order.OrderRefundUpdated.type]: (event: BusEvent): readonly DocumentChange<PayableOrder>[] => {
      const { orderId, customerId, refundId, status } = event.data as DataOf<typeof order.OrderRefundUpdated>;
      return [{ id: orderId, change: (before) => ({ orderId, customerId, ...before, refunds: { ...before?.refunds, [refundId]: status } }) }];
    },
  },
};
