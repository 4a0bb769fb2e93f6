import { uuid5 } from '@tillroll/kernel';

/** A customer's carts follow one another, numbered from 0: checking out closes one, the next add opens the next. */
export const cartIdOf = (customerId: string, cartNumber: number): string => uuid5('cart', customerId, cartNumber);

/** One cart and checkout number make one order: a checkout that is repeated after a crash meets the same order. */
export const orderIdOf = (cartId: string, checkoutNumber: number): string => uuid5('order', cartId, checkoutNumber);
