import { cart, publicationsOf } from '@tillroll/contracts';
import type { Publications } from '@tillroll/event-bus';

/** What the cart puts on the bus: every stored event. */
export const cartPublications: Publications = {
  context: 'cart',
  prefixes: ['cart-'],
  events: publicationsOf(cart),
};
