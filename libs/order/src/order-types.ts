import type { AggregateType } from '@tillroll/processing';
import { checkout, type Checkout, type CheckoutCommand, type CheckoutEvent } from './write/checkout';
import { order } from './write/order';
import type { OrderCommand } from './write/order-commands';
import type { OrderEvent } from './write/order-events';
import type { Order } from './write/order-state';

export const orderType: AggregateType<Order, OrderCommand, OrderEvent> = { name: 'order', decider: order };
export const checkoutType: AggregateType<Checkout, CheckoutCommand, CheckoutEvent> = { name: 'checkout', decider: checkout };
