import { paymentDeadlines, PaymentModule, paymentProjections, paymentPublications } from '@tillroll/payment';
import type { ServiceContext } from '../service-context';

export const paymentContext: ServiceContext = {
  name: 'payment',
  module: PaymentModule,
  publications: paymentPublications,
  projections: paymentProjections,
  deadlines: paymentDeadlines,
};
