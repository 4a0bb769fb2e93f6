import Type from 'typebox';
import { contractsOf } from './event-contract';
import { count, line, money, productId, quantity, text, timestamp, uuid } from './fields';

const { publicEvent, internalEvent } = contractsOf('cart');

const cart = { cartId: uuid, customerId: uuid };
const checkout = { ...cart, cartNumber: count, checkoutNumber: count, orderId: uuid };

export const ItemAdded = publicEvent('item-added', 'A product was added, or more of it.', { ...cart, productId, quantity, unitPrice: money });
export const ItemQuantityChanged = publicEvent('item-quantity-changed', 'The quantity of a line was set.', { ...cart, productId, quantity, unitPrice: money });
export const ItemRemoved = publicEvent('item-removed', 'A line was removed.', { ...cart, productId });
export const CartEmptied = publicEvent('cart-emptied', 'All lines were removed.', cart);
export const CartLocked = publicEvent('cart-locked', 'The cart is locked for a checkout, with its lines at the prices of that moment.', {
  ...checkout, lines: Type.Array(line), total: money, lockedUntil: timestamp,
});
export const CartLockRefused = internalEvent('cart-lock-refused', 'The checkout cannot begin. `stale`: it was asked of another cart or checkout number than the present one.', {
  orderId: uuid, customerId: uuid, code: text, detail: Type.Record(text, Type.Unknown()), cartNumber: count, checkoutNumber: count,
});
export const CartUnlocked = publicEvent('cart-unlocked', 'The checkout ended without an order; the cart keeps its lines.', { ...checkout, reason: text });
export const CartCheckedOut = publicEvent('cart-checked-out', 'The lines became an order. This cart is closed.', checkout);
export const CartCheckOutRefused = internalEvent('cart-check-out-refused', 'The lock had been taken over: the order must not go on.', { orderId: uuid, customerId: uuid });
