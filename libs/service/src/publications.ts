import { cartPublications } from '@tillroll/cart/public';
import { customerPublications } from '@tillroll/customer/public';
import type { Publications } from '@tillroll/event-bus';
import { inventoryPublications } from '@tillroll/inventory/public';
import { orderPublications } from '@tillroll/order/public';
import { paymentPublications } from '@tillroll/payment/public';

/** What all contexts put on the bus: whoever follows the log translates the events of each. */
export const publications: readonly Publications[] = [customerPublications, inventoryPublications, cartPublications, orderPublications, paymentPublications];
