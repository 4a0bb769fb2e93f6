import { customer, publicationsOf } from '@tillroll/contracts';
import type { Publications } from '@tillroll/event-bus';

export const customerPublications: Publications = {
  context: 'customer',
  prefixes: ['customer-', 'account-email-'],
  events: publicationsOf(customer),
};
