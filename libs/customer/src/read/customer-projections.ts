import { customer, type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** An order that has not ended: its customer cannot be forgotten yet. */
export type OpenOrder = { readonly customerId: string; readonly orderId: string };

export const OPEN_ORDERS = 'customer.open-orders';

const closing = (event: BusEvent): readonly DocumentChange<OpenOrder>[] => [
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
    [order.OrderRejected.type]: closing,
    [order.OrderExpired.type]: closing,
    [order.OrderCanceled.type]: closing,
    [order.OrderDelivered.type]: closing,
  },
};

/** Accounts with roles, so that it is known whether there is an admin. */
export type Privileged = { readonly customerId: string; readonly since: string; readonly isAdmin: boolean };

export const PRIVILEGED = 'customer.privileged';

export const privilegedProjection: Projection<Privileged> = {
  name: PRIVILEGED,
  version: 1,
  indexes: [{ fields: ['isAdmin', 'since'] }],
  on: {
    [customer.AccountOpened.type]: (event) => {
      const { customerId, roles } = event.data as DataOf<typeof customer.AccountOpened>;
      if (roles.length === 0) return [];
      return [{ id: customerId, change: () => ({ customerId, since: event.time, isAdmin: roles.includes('admin') }) }];
    },
    [customer.CustomerForgotten.type]: (event) => [
      { id: (event.data as DataOf<typeof customer.CustomerForgotten>).customerId, change: () => undefined },
    ],
  },
};

/** Customers whose tokens have ended before their time. */
export type Revocation = { readonly customerId: string; readonly at: string };

export const REVOCATIONS = 'customer.revocations';

export const revocationsProjection: Projection<Revocation> = {
  name: REVOCATIONS,
  version: 1,
  indexes: [{ fields: ['at'] }],
  on: {
    [customer.ForgetRequested.type]: (event) => {
      const { customerId } = event.data as DataOf<typeof customer.ForgetRequested>;
      return [{ id: customerId, change: () => ({ customerId, at: event.time }) }];
    },
  },
};

export const customerProjections = [openOrdersProjection, privilegedProjection, revocationsProjection] as const;
