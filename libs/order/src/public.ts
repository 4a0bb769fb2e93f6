import { order, publicationsOf } from '@tillroll/contracts';
import type { Publications } from '@tillroll/event-bus';

export const orderPublications: Publications = {
  context: 'order',
  prefixes: ['order-', 'checkout-', 'endpoint-', 'delivery-'],
  events: publicationsOf(order),
};
