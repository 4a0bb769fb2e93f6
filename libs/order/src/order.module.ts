import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AdminOrdersController } from './http/admin-orders.controller';
import { AdvanceOrderHandler } from './http/advance-order';
import { CancelOrderHandler } from './http/cancel-order';
import { InitiatePaymentHandler } from './http/initiate-payment';
import { OrderAnswers } from './http/order-answers';
import { OrderHistory } from './http/order-history';
import { OrdersController } from './http/orders.controller';
import { PlaceOrderHandler } from './http/place-order';
import { LateOrders } from './deadlines/late-orders';
import { CheckoutLease, OrderExpiry } from './deadlines/order-deadlines';
import { noticesControllers, noticesDeadlines, noticesProviders } from './notices';
import { OrderProcess } from './reactors/order-process';

const deadlinesOfOrders = [OrderExpiry, CheckoutLease, LateOrders];

export const orderDeadlines = [...deadlinesOfOrders, ...noticesDeadlines];

@Module({
  imports: [CqrsModule],
  controllers: [OrdersController, AdminOrdersController, OrderProcess, ...noticesControllers],
  providers: [
    OrderAnswers,
    OrderHistory,
    PlaceOrderHandler,
    CancelOrderHandler,
    AdvanceOrderHandler,
    InitiatePaymentHandler,
    ...deadlinesOfOrders,
    ...noticesProviders,
  ],
})
export class OrderModule {}
