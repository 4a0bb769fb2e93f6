import { customer, type DataOf } from '@tillroll/contracts';
import type { Projection } from '@tillroll/read-models';

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
