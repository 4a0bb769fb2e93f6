import { cartDeadlines, CartModule, cartProjections, cartPublications } from '@tillroll/cart';
import type { ServiceContext } from '../service-context';

export const cartContext: ServiceContext = {
  name: 'cart',
  module: CartModule,
  publications: cartPublications,
  projections: cartProjections,
  deadlines: cartDeadlines,
};
