import { customer, type DataOf } from '@tillroll/contracts';
import type { Projection } from '@tillroll/read-models';

/** A customer whose tokens ended before their time. */
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
