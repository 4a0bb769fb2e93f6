import { payment, publicationsOf } from '@tillroll/contracts';
import type { Publications } from '@tillroll/event-bus';

export const paymentPublications: Publications = {
  context: 'payment',
  prefixes: ['payment-', 'webhook-'],
  events: publicationsOf(payment),
};
