import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { ProductDetails } from '../write/product';
import { availableIn } from '../write/stock-state';

/** The catalogue entry of a product. Two streams make it, in any order: the product's and its stock's. */
export interface ProductDocument extends Readonly<Record<string, unknown>> {
  readonly productId: string;
  /** False while only the stock is known. The fields of the product are there when it is true. */
  readonly known: boolean;
  readonly onSale: boolean;
  /** When the product was created, RFC 3339. */
  readonly createdAt: string;
  /** Where in the log the product itself last changed. */
  readonly changedAt: number;
  readonly details?: ProductDetails;
  /** Negative in a shortfall. */
  readonly available: number;
  readonly productRevision: number;
  readonly stockRevision: number;
}

export const PRODUCTS = 'inventory.products';

const unknown = (productId: string): ProductDocument => ({
  productId,
  known: false,
  onSale: false,
  createdAt: '',
  changedAt: 0,
  available: 0,
  productRevision: -1,
  stockRevision: -1,
});

function detailsChanged(event: BusEvent): readonly DocumentChange<ProductDocument>[] {
  const details = event.data as DataOf<typeof inventory.ProductCreated>;
  const { productId, onSale } = details;
  return [
    {
      id: productId,
      change: (before = unknown(productId)) => ({
        ...before,
        known: true,
        onSale,
        createdAt: before.known ? before.createdAt : event.time,
        changedAt: event.position,
        details,
        productRevision: event.sequence,
      }),
    },
  ];
}

function stockChanged(event: BusEvent): readonly DocumentChange<ProductDocument>[] {
  const { productId, ...totals } = event.data as DataOf<typeof inventory.StockHeld>;
  return [{ id: productId, change: (before = unknown(productId)) => ({ ...before, available: availableIn(totals), stockRevision: event.sequence }) }];
}

export const productsProjection: Projection<ProductDocument> = {
  name: PRODUCTS,
  version: 1,
  indexes: [{ fields: ['onSale', 'createdAt'] }, { fields: ['known', 'createdAt'] }, { fields: ['known', 'changedAt'] }],
  on: {
    [inventory.ProductCreated.type]: detailsChanged,
    [inventory.ProductChanged.type]: detailsChanged,
    [inventory.ProductWithdrawn.type]: detailsChanged,
    [inventory.StockAdjusted.type]: stockChanged,
    [inventory.StockHeld.type]: stockChanged,
    [inventory.StockCommitted.type]: stockChanged,
    [inventory.StockReleased.type]: stockChanged,
    [inventory.StockShipped.type]: stockChanged,
  },
};
