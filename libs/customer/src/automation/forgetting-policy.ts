import { order } from '@tillroll/contracts';
import type { Account } from '../write/account-state';

/** What ends an order. */
export const ORDER_ENDS: readonly string[] = [order.OrderRejected.type, order.OrderExpired.type, order.OrderCanceled.type, order.OrderDelivered.type];

/** An order that is under way still needs the name and the address of its customer. */
export const mayBeForgotten = (account: Account, openOrders: number): boolean => account.status === 'forgetting' && openOrders === 0;
