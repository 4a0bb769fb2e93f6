import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { GatewayConversation } from './conversation/gateway-conversation';
import { LedgerReconciliation } from './conversation/ledger-reconciliation';
import { WebhookIntake } from './conversation/webhook-intake';
import { LedgerSchedule } from './deadlines/ledger-schedule';
import { PaymentChecks } from './deadlines/payment-checks';
import { RefundTurns } from './deadlines/refund-turns';
import { WebhookRetries } from './deadlines/webhook-retries';
import { PAYMENT_GATEWAY, type PaymentGateway } from './gateway/port';
import { PaymentListsController } from './http/payment-lists.controller';
import { PaymentsController } from './http/payments.controller';
import { RefundPaymentHandler, RetryRefundHandler } from './http/refund-payment';
import { RefundsController } from './http/refunds.controller';
import { SyncPaymentHandler } from './http/sync-payment';
import { WebhooksController } from './http/webhooks.controller';
import { GatewayCalls } from './reactors/gateway-calls';
import { OrderWishes } from './reactors/order-wishes';
import { WebhookNews } from './reactors/webhook-news';

export const paymentDeadlines = [PaymentChecks, RefundTurns, WebhookRetries];

/** Needs a global {@link PAYMENT_GATEWAY} beside the ports that every context needs. */
@Module({
  imports: [CqrsModule],
  controllers: [PaymentsController, RefundsController, PaymentListsController, WebhooksController, OrderWishes, GatewayCalls, WebhookNews],
  providers: [
    {
      provide: GatewayConversation,
      useFactory: (aggregates: Aggregates, gateway: PaymentGateway, clock: Clock, { refundRetryMs }: Settings) =>
        new GatewayConversation({ aggregates, gateway, clock, refundRetryMs }),
      inject: [AGGREGATES, PAYMENT_GATEWAY, CLOCK, SETTINGS],
    },
    {
      provide: WebhookIntake,
      useFactory: (aggregates: Aggregates, conversation: GatewayConversation, clock: Clock) => new WebhookIntake({ aggregates, conversation, clock }),
      inject: [AGGREGATES, GatewayConversation, CLOCK],
    },
    {
      provide: LedgerReconciliation,
      useFactory: (aggregates: Aggregates, readModels: ReadModels, gateway: PaymentGateway, conversation: GatewayConversation, clock: Clock) =>
        new LedgerReconciliation({ aggregates, readModels, gateway, conversation, clock }),
      inject: [AGGREGATES, READ_MODELS, PAYMENT_GATEWAY, GatewayConversation, CLOCK],
    },
    LedgerSchedule,
    SyncPaymentHandler,
    RefundPaymentHandler,
    RetryRefundHandler,
    ...paymentDeadlines,
  ],
  exports: [LedgerReconciliation, LedgerSchedule],
})
export class PaymentModule {}
