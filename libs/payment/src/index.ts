export * from './gateway/port';
export { paymentDeadlines, PaymentModule } from './payment.module';
export { paymentPublications } from './public';
export { paymentProjections } from './read/payment-projections';
