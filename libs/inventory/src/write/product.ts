import { type Decider, equal, type Money, refuse, unreachable } from '@tillroll/kernel';

/** At most `quantity` for each customer within any `days` days; without `days`, ever. */
export interface PurchaseLimit {
  readonly quantity: number;
  readonly days?: number;
}

export interface ProductDetails {
  readonly productId: string;
  readonly name: string;
  readonly description?: string;
  readonly price: Money;
  readonly purchaseLimit?: PurchaseLimit;
  readonly onSale: boolean;
}

export type Product = { readonly status: 'none' } | { readonly status: 'created'; readonly details: ProductDetails };

/** What is left out stays; null takes it away. */
export interface ProductChange {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly price?: Money | undefined;
  readonly purchaseLimit?: PurchaseLimit | null | undefined;
  readonly onSale?: boolean | undefined;
}

export type ProductCommand =
  | { readonly type: 'CreateProduct'; readonly details: Omit<ProductDetails, 'onSale'> }
  | { readonly type: 'ChangeProduct'; readonly productId: string; readonly change: ProductChange };

/** Each carries the whole product as it then is. */
export type ProductEvent = ProductDetails & { readonly type: 'ProductCreated' | 'ProductChanged' | 'ProductWithdrawn' };

export const product: Decider<Product, ProductCommand, ProductEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    switch (command.type) {
      case 'CreateProduct':
        if (state.status !== 'none') refuse('already_exists', { field: 'productId' });
        return [{ type: 'ProductCreated', ...command.details, onSale: true }];
      case 'ChangeProduct': {
        if (state.status === 'none') return refuse('product_not_found', { productId: command.productId });
        const before = state.details;
        const after = changed(before, command.change);
        refuseAnotherCurrency(before.price, after.price);
        if (isSame(before, after)) return [];
        return [{ type: before.onSale && !after.onSale ? 'ProductWithdrawn' : 'ProductChanged', ...after }];
      }
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ProductCreated':
      case 'ProductChanged':
      case 'ProductWithdrawn': {
        const { type: _, ...details } = event;
        return { status: 'created', details };
      }
      default:
        return state;
    }
  },
};

function changed(before: ProductDetails, change: ProductChange): ProductDetails {
  const description = change.description === undefined ? before.description : change.description;
  const purchaseLimit = change.purchaseLimit === undefined ? before.purchaseLimit : change.purchaseLimit;
  return {
    productId: before.productId,
    name: change.name ?? before.name,
    ...(description === undefined || description === null ? {} : { description }),
    price: change.price ?? before.price,
    ...(purchaseLimit === undefined || purchaseLimit === null ? {} : { purchaseLimit }),
    onSale: change.onSale ?? before.onSale,
  };
}

/** Carts and unpaid orders hold the product at its price: a price in other money is another product. */
function refuseAnotherCurrency(before: Money, after: Money): void {
  if (before.currency !== after.currency) refuse('currency_mismatch', { expected: before.currency, given: after.currency });
}

const isSame = (a: ProductDetails, b: ProductDetails): boolean =>
  a.name === b.name &&
  a.description === b.description &&
  equal(a.price, b.price) &&
  a.purchaseLimit?.quantity === b.purchaseLimit?.quantity &&
  a.purchaseLimit?.days === b.purchaseLimit?.days &&
  a.onSale === b.onSale;
