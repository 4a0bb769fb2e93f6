import type { ProductDetails } from '../write/product';
import type { ProductDocument } from './products-projection';

/** A product as the HTTP contract shows it. */
export type ProductResource = ProductDetails & { readonly available: number };

/** What a shortfall lacks is nobody's to buy: `available` is never negative. */
export function productResource({ productId, name, description, price, onSale, purchaseLimit }: ProductDetails, available: number): ProductResource {
  return {
    productId,
    name,
    ...(description === undefined ? {} : { description }),
    price,
    available: Math.max(0, available),
    onSale,
    ...(purchaseLimit === undefined ? {} : { purchaseLimit }),
  };
}

/** Rises with every change of the product and of its stock. */
export const productVersion = (productRevision: number, stockRevision: number): number => productRevision + stockRevision + 1;

/** Everyone sees what is on sale; admins see all products. */
export const isVisible = (document: ProductDocument | undefined, toAdmin: boolean): document is ProductDocument & { readonly details: ProductDetails } =>
  document?.details !== undefined && (document.onSale || toAdmin);
