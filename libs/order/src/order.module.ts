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
import { CheckoutLease, OrderExpiry } from './deadlines/order-deadlines';
import { OrderProcess } from './reactors/order-process';

export const orderDeadlines = [OrderExpiry, CheckoutLease];

@Module({
  imports: [CqrsModule],
  controllers: [OrdersController, AdminOrdersController, OrderProcess],
  providers: [OrderAnswers, OrderHistory, PlaceOrderHandler, CancelOrderHandler, AdvanceOrderHandler, InitiatePaymentHandler, ...orderDeadlines],
})
export class OrderModule {}
