import { DomainError, equal, type Money, refuse, times, toTimestamp } from '@tillroll/kernel';
import type { CheckOut, LockCart, UnlockCart } from './cart-commands';
import type { CartEvent, CartLockRefused, CartUnlocked, PricedLine } from './cart-events';
import { type Cart, evolveCart, type LockedCart } from './cart-state';
import { isRise, priceChangeOf, refuseUnlessOnSale, totalOf } from './rules';

/** A refusal is no answer for ever: the same order may ask again, and the cart be right by then. */
export function lockCart(cart: Cart, command: LockCart): readonly CartEvent[] {
  if (cart.status === 'locked') return lockAgain(cart, command);
  if (cart.status === 'checked_out') return cart.orderId === command.orderId ? [] : [stale(command, cart.cartNumber + 1, 0)];
  if (cart.checkoutNumber !== command.checkoutNumber) return [stale(command, command.cartNumber, cart.checkoutNumber)];
  const { cartId, customerId, orderId, cartNumber, checkoutNumber } = command;
  const asked = { cartId, customerId, orderId, cartNumber, checkoutNumber };
  try {
    const lines = pricedLines(cart, command);
    const total = totalOf(lines) ?? refuse('cart_empty');
    refuseChangedPrices(cart, command, total);
    return [{ type: 'CartLocked', ...asked, lines, total, lockedUntil: toTimestamp(command.at + command.leaseMs) }];
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    return [{ type: 'CartLockRefused', ...asked, code: refusal.code, detail: refusal.data }];
  }
}

/**
 * The order that holds the lock has its answer already, unless its lease lapsed: then that checkout is over, and the
 * order is told the number to ask for. Asking for the next checkout is how we learn that the present one ended.
 */
function lockAgain(cart: LockedCart, command: LockCart): readonly CartEvent[] {
  const holdsIt = cart.orderId === command.orderId;
  if (holdsIt && command.at < cart.lockedUntil) return [];
  if (!holdsIt && command.checkoutNumber !== cart.checkoutNumber + 1) return [stale(command, cart.cartNumber, cart.checkoutNumber)];
  const unlocked = unlockedFor(cart, command, holdsIt ? 'lease_lapsed' : 'superseded');
  return [unlocked, ...lockCart(evolveCart(cart, unlocked), command)];
}

/** The numbers are the ones to ask for instead. */
const stale = ({ cartId, customerId, orderId }: LockCart, cartNumber: number, checkoutNumber: number): CartLockRefused => ({
  type: 'CartLockRefused',
  cartId,
  customerId,
  orderId,
  cartNumber,
  checkoutNumber,
  code: 'stale',
  detail: {},
});

/** The checkout that holds the lock ends without an order. */
export const unlockedFor = (cart: LockedCart, { cartId, customerId }: Pick<LockCart, 'cartId' | 'customerId'>, reason: string): CartUnlocked => ({
  type: 'CartUnlocked',
  cartId,
  customerId,
  cartNumber: cart.cartNumber,
  checkoutNumber: cart.checkoutNumber,
  orderId: cart.orderId,
  reason,
});

function pricedLines(cart: Cart, { products }: LockCart): readonly PricedLine[] {
  return [...cart.lines.values()].map(({ productId, quantity }) => {
    const { name, price } = refuseUnlessOnSale(productId, products.get(productId));
    return { productId, name, unitPrice: price, quantity, lineTotal: times(price, quantity) };
  });
}

/** Sending the total just seen is consent to it; without it no price may have risen. A fall is passed on. */
function refuseChangedPrices(cart: Cart, { products, expectedTotal }: LockCart, currentTotal: Money): void {
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
  return [unlockedFor(cart, command, command.reason)];
}

/** A lease that has lapsed still counts until somebody takes the lock over. */
export function checkOutCart(cart: Cart, command: CheckOut): readonly CartEvent[] {
  const { cartId, customerId, orderId } = command;
  if (cart.status === 'open' || cart.orderId !== orderId) return [{ type: 'CartCheckOutRefused', cartId, customerId, orderId }];
  if (cart.status === 'checked_out') return [];
  const { cartNumber, checkoutNumber } = cart;
  return [{ type: 'CartCheckedOut', cartId, customerId, cartNumber, checkoutNumber, orderId }];
}
