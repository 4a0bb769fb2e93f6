import { orderDeadlines, OrderModule, orderProjections, orderPublications } from '@tillroll/order';
import type { ServiceContext } from '../service-context';

export const orderContext: ServiceContext = {
  name: 'order',
  module: OrderModule,
  publications: orderPublications,
  projections: orderProjections,
  deadlines: orderDeadlines,
};
