import { refuse } from '@tillroll/kernel';

/** The answer for a product that does not exist, and for one that the caller may not see. */
export const refuseUnknownProduct = (productId: string): never => refuse('product_not_found', { productId });
