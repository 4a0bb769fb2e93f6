import { money, type Money } from '@tillroll/kernel';
import type { AddItem, ChangeQuantity, CheckOut, EmptyCart, LockCart, RemoveItem, UnlockCart } from '../write/cart-commands';
import type { CartCheckedOut, CartLocked, CartUnlocked, ItemAdded } from '../write/cart-events';
import type { ProductFacts } from '../write/product-facts';

/** Shared by the specifications: one customer's first cart at one moment. */
export const NOON = Date.parse('2030-01-01T12:00:00.000Z');
export const LEASE_MS = 120_000;
export const ofCart = { cartId: 'cart-1', customerId: 'ada' };
const onCart = { ...ofCart, at: NOON };
export const ofCheckout = { ...ofCart, cartNumber: 0, checkoutNumber: 0, orderId: 'order-1' };

export const eur = (amount: number): Money => money(amount, 'EUR');

export const product = (productId: string, facts: Partial<ProductFacts> = {}): ProductFacts => ({
  productId,
  name: `The ${productId}`,
  price: eur(250),
  onSale: true,
  available: 10,
  ...facts,
});

export const productsOf = (...products: readonly ProductFacts[]): ReadonlyMap<string, ProductFacts> =>
  new Map(products.map((each) => [each.productId, each]));

export const addItem = (productId: string, quantity: number, facts: Partial<ProductFacts> | undefined = {}): AddItem => ({
  type: 'AddItem',
  ...onCart,
  productId,
  quantity,
  product: product(productId, facts),
});

export const addUnknown = (productId: string): AddItem => ({ type: 'AddItem', ...onCart, productId, quantity: 1, product: undefined });

export const changeQuantity = (productId: string, quantity: number, facts: Partial<ProductFacts> = {}): ChangeQuantity => ({
  type: 'ChangeQuantity',
  ...onCart,
  productId,
  quantity,
  product: product(productId, facts),
});

export const removeItem = (productId: string): RemoveItem => ({ type: 'RemoveItem', ...onCart, productId });
export const emptyTheCart: EmptyCart = { type: 'EmptyCart', ...onCart };

export const lockCart = (products: readonly ProductFacts[], asked: Partial<LockCart> = {}): LockCart => ({
  type: 'LockCart',
  ...onCart,
  orderId: 'order-1',
  cartNumber: 0,
  checkoutNumber: 0,
  expectedTotal: undefined,
  products: productsOf(...products),
  leaseMs: LEASE_MS,
  ...asked,
});

export const unlockCart = (orderId = 'order-1'): UnlockCart => ({ type: 'UnlockCart', ...onCart, orderId, reason: 'order_rejected' });
export const checkOut = (orderId = 'order-1'): CheckOut => ({ type: 'CheckOut', ...onCart, orderId });

export const itemAdded = (productId: string, quantity: number, unitPrice = eur(250)): ItemAdded => ({
  type: 'ItemAdded',
  ...ofCart,
  productId,
  quantity,
  unitPrice,
});

/** Locked for `order-1` at noon with two of the tea. */
export const cartLocked: CartLocked = {
  type: 'CartLocked',
  ...ofCheckout,
  lines: [{ productId: 'tea', name: 'The tea', unitPrice: eur(250), quantity: 2, lineTotal: eur(500) }],
  total: eur(500),
  lockedUntil: '2030-01-01T12:02:00.000Z',
};

export const cartUnlocked = (reason = 'order_rejected'): CartUnlocked => ({ type: 'CartUnlocked', ...ofCheckout, reason });
export const cartCheckedOut: CartCheckedOut = { type: 'CartCheckedOut', ...ofCheckout };
