import { DomainError, equal, refuse, times, toTimestamp } from '@tillroll/kernel';
import type { CheckOut, LockCart, UnlockCart } from './cart-commands';
import type { CartEvent, PricedLine } from './cart-events';
import type { Cart } from './cart-state';
import { isRise, priceChangeOf, refuseUnlessOnSale, totalOf } from './rules';

/** The same order asking again meets its first answer; a refusal is no answer for ever: the cart may be right by then. */
export function lockCart(cart: Cart, command: LockCart): readonly CartEvent[] {
  if (cart.status !== 'open' && cart.orderId === command.orderId) return [];
  const { cartId, customerId, orderId, cartNumber, checkoutNumber } = command;
  const asked = { cartId, customerId, orderId, cartNumber, checkoutNumber };
  try {
    if (cart.status === 'checked_out') return [{ type: 'CartLockRefused', ...asked, code: 'stale', detail: {}, cartNumber: cart.cartNumber + 1, checkoutNumber: 0 }];
    if (cart.checkoutNumber !== checkoutNumber) return [{ type: 'CartLockRefused', ...asked, code: 'stale', detail: {}, checkoutNumber: cart.checkoutNumber }];
    if (cart.status === 'locked') return refuse('cart_locked', { retryAfterMs: Math.max(1, cart.lockedUntil - command.at) });
    const lines = pricedLines(cart, command);
    const total = totalOf(lines) ?? refuse('cart_empty');
    refuseChangedPrices(cart, command, total.amount, total.currency);
    return [{ type: 'CartLocked', ...asked, lines, total, lockedUntil: toTimestamp(command.at + command.leaseMs) }];
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    return [{ type: 'CartLockRefused', ...asked, code: refusal.code, detail: refusal.data }];
  }
}

function pricedLines(cart: Cart, { products }: LockCart): readonly PricedLine[] {
  return [...cart.lines.values()].map(({ productId, quantity }) => {
    const { name, price } = refuseUnlessOnSale(productId, products.get(productId));
    return { productId, name, unitPrice: price, quantity, lineTotal: times(price, quantity) };
  });
}

/** Sending the total just seen is consent to it; without it no price may have risen. A fall is passed on. */
function refuseChangedPrices(cart: Cart, { products, expectedTotal }: LockCart, amount: number, currency: string): void {
  const currentTotal = { amount, currency };
  const changes = [...cart.lines.values()].flatMap((line) => {
    const product = products.get(line.productId);
    return product === undefined ? [] : (priceChangeOf(line, product) ?? []);
  });
  const isAgreed = expectedTotal === undefined ? !changes.some(isRise) : equal(expectedTotal, currentTotal);
  if (!isAgreed) refuse('cart_changed', { expectedTotal: expectedTotal ?? totalOf(cart.lines.values()), currentTotal, changes });
}

/** `[]` when the cart is not locked for this order (any more). */
export function unlockCart(cart: Cart, command: UnlockCart): readonly CartEvent[] {
  if (cart.status !== 'locked' || cart.orderId !== command.orderId) return [];
  const { cartId, customerId, orderId, reason } = command;
  const { cartNumber, checkoutNumber } = cart;
  return [{ type: 'CartUnlocked', cartId, customerId, cartNumber, checkoutNumber, orderId, reason }];
}

/** A lease that has lapsed still counts until somebody takes the lock over. */
export function checkOutCart(cart: Cart, command: CheckOut): readonly CartEvent[] {
  const { cartId, customerId, orderId } = command;
  if (cart.status === 'open' || cart.orderId !== orderId) return [{ type: 'CartCheckOutRefused', cartId, customerId, orderId }];
  if (cart.status === 'checked_out') return [];
  const { cartNumber, checkoutNumber } = cart;
  return [{ type: 'CartCheckedOut', cartId, customerId, cartNumber, checkoutNumber, orderId }];
}
