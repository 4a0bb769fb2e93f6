import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import { ORDER_ENDS } from '../automation/forgetting-policy';

/** An order that has not ended: its customer cannot be forgotten yet. */
export type OpenOrder = { readonly customerId: string; readonly orderId: string };

export const OPEN_ORDERS = 'customer.open-orders';

const close = (event: BusEvent): readonly DocumentChange<OpenOrder>[] => [
  { id: (event.data as DataOf<typeof order.OrderExpired>).orderId, change: () => undefined },
];

export const openOrdersProjection: Projection<OpenOrder> = {
  name: OPEN_ORDERS,
  version: 1,
  indexes: [{ fields: ['customerId', 'orderId'] }],
  on: {
    [order.OrderPlaced.type]: (event) => {
      const { orderId, customerId } = event.data as DataOf<typeof order.OrderPlaced>;
      return [{ id: orderId, change: () => ({ customerId, orderId }) }];
    },
    ...Object.fromEntries(ORDER_ENDS.map((type) => [type, close])),
  },
};
