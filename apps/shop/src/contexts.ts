import { cartDeadlines, cartProjections, cartPublications } from '@tillroll/cart';
import { customerProjections, customerPublications } from '@tillroll/customer';
import type { Publications } from '@tillroll/event-bus';
import { inventoryDeadlines, inventoryProjections, inventoryPublications } from '@tillroll/inventory';
import { orderDeadlines, orderProjections, orderPublications } from '@tillroll/order';
import { paymentDeadlines, paymentProjections, paymentPublications } from '@tillroll/payment';
import type { Projection } from '@tillroll/read-models';

/** What all contexts put on the bus, keep as documents, and do at a time. */
export const publications: readonly Publications[] = [customerPublications, inventoryPublications, cartPublications, orderPublications, paymentPublications];

export const projections: readonly Projection[] = [
  ...customerProjections,
  ...inventoryProjections,
  ...cartProjections,
  ...orderProjections,
  ...paymentProjections,
];

export const deadlines = [...inventoryDeadlines, ...cartDeadlines, ...orderDeadlines, ...paymentDeadlines];
