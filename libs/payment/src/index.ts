export { LedgerReconciliation, type LedgerReport } from './conversation/ledger-reconciliation';
export { LedgerSchedule } from './deadlines/ledger-schedule';
export * from './gateway/port';
export { type LedgerDifference } from './gateway/reconcile-ledgers';
export { SANDBOX_PROVIDER, sandboxPaymentGateway, type SandboxPaymentGatewayOptions } from './gateway/sandbox-payment-gateway';
export { paymentDeadlines, PaymentModule } from './payment.module';
export { paymentPublications } from './public';
export { paymentProjections } from './read/payment-projections';
