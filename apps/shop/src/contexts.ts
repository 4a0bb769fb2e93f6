import { cartContext } from '@tillroll/service/contexts/cart';
import { customerContext } from '@tillroll/service/contexts/customer';
import { inventoryContext } from '@tillroll/service/contexts/inventory';
import { orderContext } from '@tillroll/service/contexts/order';
import { paymentContext } from '@tillroll/service/contexts/payment';

export { publications } from '@tillroll/service/publications';

/** All of them: the shop in one process. */
export const contexts = [customerContext, inventoryContext, cartContext, orderContext, paymentContext];

export const projections = contexts.flatMap((context) => context.projections);

export const deadlines = contexts.flatMap((context) => context.deadlines);
