import { type Caller, notFound } from '@tillroll/http';
import { isPlaced, type Order, type PlacedOrder } from '../write/order-state';

/** The order, when the caller may know of it: the owner and admins. To everyone else it does not exist. */
export function visibleOrder(order: Order | undefined, caller: Caller): PlacedOrder {
  return order !== undefined && isPlaced(order) && (caller.isAdmin || order.customerId === caller.customerId) ? order : notFound();
}

/** The order, when it is the caller's own. */
export function ownOrder(order: Order | undefined, caller: Caller): PlacedOrder {
  return order !== undefined && isPlaced(order) && order.customerId === caller.customerId ? order : notFound();
}
