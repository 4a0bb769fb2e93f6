import { CustomerModule, customerProjections, customerPublications } from '@tillroll/customer';
import type { ServiceContext } from '../service-context';

export const customerContext: ServiceContext = {
  name: 'customer',
  module: CustomerModule,
  publications: customerPublications,
  projections: customerProjections,
  deadlines: [],
};
