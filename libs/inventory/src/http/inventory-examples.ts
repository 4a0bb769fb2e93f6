import type { ProductResource } from '../read/product-resource';
import type { MovementResource, ShortfallResource, StockResource } from '../read/stock-resource';

export const exampleProduct: ProductResource = {
  productId: 'darjeeling-100',
  name: 'Darjeeling First Flush, 100 g',
  description: 'Picked in March, light and flowery.',
  price: { amount: 1290, currency: 'EUR' },
  available: 39,
  onSale: true,
  purchaseLimit: { quantity: 5, days: 30 },
};

export const exampleStock: StockResource = { productId: 'darjeeling-100', onHand: 42, held: 2, committed: 1, available: 39 };

export const exampleMovement: MovementResource = {
  revision: 7,
  time: '2026-03-01T12:00:00.000Z',
  type: 'held',
  quantity: 2,
  orderId: '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43',
};

export const exampleShortfall: ShortfallResource = {
  productId: 'darjeeling-100',
  onHand: 1,
  held: 2,
  committed: 1,
  available: -2,
  shortfall: 2,
  since: '2026-03-01T12:00:00.000Z',
};

/** One page with this element, and no next one. */
export const examplePage = <T>(element: T) => ({ data: [element], page: { next: null } });
