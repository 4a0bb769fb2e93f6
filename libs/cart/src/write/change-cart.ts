import { equal, refuse, unreachable } from '@tillroll/kernel';
import type { AddItem, CartChange, ChangeQuantity } from './cart-commands';
import type { CartEvent } from './cart-events';
import { type Cart, type CartLine, quantityOf } from './cart-state';
import { unlockedFor } from './check-out-cart';
import { MOST_LINES, refuseBeyondLimit, refuseBeyondStock, refuseUnlessOnSale, totalOf } from './rules';

/** What a shopper does to the lines. Refuses while a checkout runs; a lease that has lapsed is taken over. */
export function changeCart(cart: Cart, command: CartChange): readonly CartEvent[] {
  const takenOver = takeOver(cart, command);
  const changes = changesOf(cart, command);
  return changes.length === 0 ? [] : [...takenOver, ...changes];
}

function takeOver(cart: Cart, command: CartChange): readonly CartEvent[] {
  if (cart.status === 'open') return [];
  if (cart.status === 'checked_out') return refuse('cart_closed');
  if (command.at < cart.lockedUntil) return refuse('cart_locked', { retryAfterMs: cart.lockedUntil - command.at });
  return [unlockedFor(cart, command, 'lease_lapsed')];
}

function changesOf(cart: Cart, command: CartChange): readonly CartEvent[] {
  const { cartId, customerId } = command;
  switch (command.type) {
    case 'AddItem':
      return addItem(cart, command);
    case 'ChangeQuantity':
      return changeQuantity(cart, command);
    case 'RemoveItem': {
      const { productId } = lineIn(cart, command.productId);
      return [{ type: 'ItemRemoved', cartId, customerId, productId }];
    }
    case 'EmptyCart':
      return cart.lines.size === 0 ? [] : [{ type: 'CartEmptied', cartId, customerId }];
    default:
      return unreachable(command);
  }
}

function addItem(cart: Cart, command: AddItem): readonly CartEvent[] {
  const { cartId, customerId, productId, quantity } = command;
  const product = refuseUnlessOnSale(productId, command.product);
  const inCart = quantityOf(cart, productId);
  if (inCart === 0 && cart.lines.size >= MOST_LINES) refuse('cart_full', { limit: MOST_LINES });
  refuseBeyondStock(product, inCart + quantity);
  refuseBeyondLimit(product, inCart + quantity, inCart, quantity);
  refuseUnpayable(cart, { productId, quantity: inCart + quantity, unitPrice: product.price });
  return [{ type: 'ItemAdded', cartId, customerId, productId, quantity, unitPrice: product.price }];
}

function changeQuantity(cart: Cart, command: ChangeQuantity): readonly CartEvent[] {
  const { cartId, customerId, productId, quantity } = command;
  const line = lineIn(cart, productId);
  if (quantity === 0) return [{ type: 'ItemRemoved', cartId, customerId, productId }];
  const product = refuseUnlessOnSale(productId, command.product);
  refuseBeyondStock(product, quantity);
  refuseBeyondLimit(product, quantity, line.quantity, quantity);
  refuseUnpayable(cart, { productId, quantity, unitPrice: product.price });
  if (line.quantity === quantity && equal(line.unitPrice, product.price)) return [];
  return [{ type: 'ItemQuantityChanged', cartId, customerId, productId, quantity, unitPrice: product.price }];
}

const lineIn = (cart: Cart, productId: string): CartLine => cart.lines.get(productId) ?? refuse('item_not_in_cart', { productId });

/** One currency, and a total that can be written down. */
function refuseUnpayable(cart: Cart, line: CartLine): void {
  totalOf(new Map(cart.lines).set(line.productId, line).values());
}
