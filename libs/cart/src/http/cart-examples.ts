import type { CartCheck } from '../read/cart-check';
import type { CartView } from '../read/cart-view';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

export const exampleCart: CartView = {
  revision: 3,
  lines: [{ productId: 'TEA-EARL-GREY', name: 'Earl Grey, 100 g', unitPrice: eur(790), quantity: 2, lineTotal: eur(1580) }],
  total: eur(1580),
  problems: [{ code: 'price_changed', productId: 'TEA-EARL-GREY', oldUnitPrice: eur(690), newUnitPrice: eur(790) }],
};

export const exampleCheck: CartCheck = {
  ok: false,
  shortages: [{ productId: 'TEA-EARL-GREY', requested: 2, available: 1 }],
  priceChanges: [],
  limits: [],
};
