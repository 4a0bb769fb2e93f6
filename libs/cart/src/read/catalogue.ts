import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { Money } from '@tillroll/kernel';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** The cart's own view of a product. What is known of its stock and what of itself come from two streams, in any order. */
export type CatalogueEntry = {
  readonly productId: string;
  /** Units that can still be bought; never negative. */
  readonly available: number;
  /** Left out until the product itself is known. */
  readonly product?: {
    readonly name: string;
    readonly price: Money;
    readonly onSale: boolean;
    readonly purchaseLimit?: { readonly quantity: number; readonly days?: number };
  };
};

type ProductData = DataOf<typeof inventory.ProductCreated>;
type StockData = { readonly productId: string; readonly onHand: number; readonly held: number; readonly committed: number };

const productKnown = (event: BusEvent): readonly DocumentChange<CatalogueEntry>[] => {
  const { productId, name, price, onSale, purchaseLimit } = event.data as ProductData;
  const product = { name, price, onSale, ...(purchaseLimit === undefined ? {} : { purchaseLimit }) };
  return [{ id: productId, change: (before) => ({ productId, available: before?.available ?? 0, product }) }];
};

const stockMoved = (event: BusEvent): readonly DocumentChange<CatalogueEntry>[] => {
  const { productId, onHand, held, committed } = event.data as StockData;
  const available = Math.max(0, onHand - held - committed);
  return [{ id: productId, change: (before) => ({ ...before, productId, available }) }];
};

export const catalogue: Projection<CatalogueEntry> = {
  name: 'cart.catalogue',
  version: 1,
  indexes: [],
  on: {
    [inventory.ProductCreated.type]: productKnown,
    [inventory.ProductChanged.type]: productKnown,
    [inventory.ProductWithdrawn.type]: productKnown,
    [inventory.StockAdjusted.type]: stockMoved,
    [inventory.StockHeld.type]: stockMoved,
    [inventory.StockCommitted.type]: stockMoved,
    [inventory.StockReleased.type]: stockMoved,
    [inventory.StockShipped.type]: stockMoved,
    [inventory.ShortfallRecorded.type]: stockMoved,
  },
};
