import { customer, type DataOf } from '@tillroll/contracts';
import type { Projection } from '@tillroll/read-models';

/** Name and e-mail address of a customer, sealed. */
export type Recipient = { readonly customerId: string; readonly personal: string };

export const RECIPIENTS = 'order.recipients';

export const recipientsProjection: Projection<Recipient> = {
  name: RECIPIENTS,
  version: 1,
  indexes: [],
  on: {
    [customer.AccountOpened.type]: (event) => {
      const { customerId, personal } = event.data as DataOf<typeof customer.AccountOpened>;
      return [{ id: customerId, change: () => ({ customerId, personal }) }];
    },
    [customer.CustomerForgotten.type]: (event) => {
      const { customerId } = event.data as DataOf<typeof customer.CustomerForgotten>;
      return [{ id: customerId, change: () => undefined }];
    },
  },
};
