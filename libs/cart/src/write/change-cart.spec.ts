import { money } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import {
  addItem, addUnknown, cartCheckedOut, cartLocked, cartUnlocked, changeQuantity, emptyTheCart, eur, itemAdded, LEASE_MS, NOON, ofCart, removeItem,
} from '../testing/cart-samples';
import { cart } from './cart';

const PRICES_END = Number.MAX_SAFE_INTEGER;

describe('adding to a cart', () => {
  it('makes a line at the present price', () =>
    given(cart).when(addItem('tea', 2)).then({ type: 'ItemAdded', ...ofCart, productId: 'tea', quantity: 2, unitPrice: eur(250) }));

  it('adds up the quantities of a product that is there', () =>
    given(cart, [itemAdded('tea', 2)])
      .when(addItem('tea', 3, { price: eur(300) }))
      .thenState((state) => expect([...state.lines.values()]).toEqual([{ productId: 'tea', quantity: 5, unitPrice: eur(300) }])));

  it('keeps the lines in the order of adding', () =>
    given(cart, [itemAdded('tea', 1), itemAdded('mug', 1)])
      .when(addItem('tea', 1))
      .thenState((state) => expect([...state.lines.keys()]).toEqual(['tea', 'mug'])));

  it('refuses a product that nobody knows', () => given(cart).when(addUnknown('tea')).thenRefused('product_not_found', { productId: 'tea' }));

  it('refuses a withdrawn product as if there were none', () =>
    given(cart).when(addItem('tea', 1, { onSale: false })).thenRefused('product_not_found', { productId: 'tea' }));

  it('takes all that is available', () =>
    given(cart, [itemAdded('tea', 3)]).when(addItem('tea', 1, { available: 4 })).then(itemAdded('tea', 1)));

  it('refuses more than is available, naming both numbers', () =>
    given(cart, [itemAdded('tea', 3)])
      .when(addItem('tea', 2, { available: 4 }))
      .thenRefused('insufficient_stock', { shortages: [{ productId: 'tea', requested: 5, available: 4 }] }));

  it('takes as much as the purchase limit leaves', () =>
    given(cart, [itemAdded('tea', 1)])
      .when(addItem('tea', 1, { limit: { quantity: 5, alreadyBought: 3 } }))
      .then(itemAdded('tea', 1)));

  it('refuses more than the purchase limit leaves, counting what was bought and what is in the cart', () =>
    given(cart, [itemAdded('tea', 1)])
      .when(addItem('tea', 2, { limit: { quantity: 5, alreadyBought: 3 } }))
      .thenRefused('purchase_limit_exceeded', { productId: 'tea', limit: 5, alreadyBought: 3, inCart: 1, requested: 2 }));

  it('takes a hundredth line and refuses the next', () => {
    const lines = Array.from({ length: 99 }, (_, n) => itemAdded(`p${n}`, 1));
    given(cart, lines).when(addItem('tea', 1)).then(itemAdded('tea', 1));
    given(cart, [...lines, itemAdded('tea', 1)]).when(addItem('mug', 1)).thenRefused('cart_full');
    given(cart, [...lines, itemAdded('tea', 1)]).when(addItem('tea', 1)).then(itemAdded('tea', 1));
  });

  it('refuses a second currency', () =>
    given(cart, [itemAdded('mug', 1)]).when(addItem('tea', 1, { price: money(250, 'USD') })).thenRefused('currency_mismatch'));

  it('takes another currency when it is the only one', () =>
    given(cart, [itemAdded('tea', 1)])
      .when(addItem('tea', 1, { price: money(250, 'USD') }))
      .then(itemAdded('tea', 1, money(250, 'USD'))));

  it('refuses a total that cannot be written down', () => {
    given(cart).when(addItem('gold', 2, { price: eur(PRICES_END) })).thenRefused('total_too_large');
    given(cart, [itemAdded('tea', 1)]).when(addItem('gold', 1, { price: eur(PRICES_END) })).thenRefused('total_too_large');
    given(cart).when(addItem('gold', 1, { price: eur(PRICES_END) })).then(itemAdded('gold', 1, eur(PRICES_END)));
  });
});

describe('changing a quantity', () => {
  it('sets it, at the present price', () =>
    given(cart, [itemAdded('tea', 1)])
      .when(changeQuantity('tea', 4, { price: eur(300) }))
      .then({ type: 'ItemQuantityChanged', ...ofCart, productId: 'tea', quantity: 4, unitPrice: eur(300) }));

  it('removes the line at 0, also of a withdrawn product', () =>
    given(cart, [itemAdded('tea', 1)])
      .when(changeQuantity('tea', 0, { onSale: false }))
      .then({ type: 'ItemRemoved', ...ofCart, productId: 'tea' }));

  it('is nothing when nothing changes', () => given(cart, [itemAdded('tea', 2)]).when(changeQuantity('tea', 2)).thenNothing());

  it('accepts the new price when only the price changed', () =>
    given(cart, [itemAdded('tea', 2)])
      .when(changeQuantity('tea', 2, { price: eur(300) }))
      .then({ type: 'ItemQuantityChanged', ...ofCart, productId: 'tea', quantity: 2, unitPrice: eur(300) }));

  it('is checked like adding', () => {
    const inCart = given(cart, [itemAdded('tea', 2)]);
    inCart.when(changeQuantity('tea', 3, { onSale: false })).thenRefused('product_not_found', { productId: 'tea' });
    inCart
      .when(changeQuantity('tea', 11))
      .thenRefused('insufficient_stock', { shortages: [{ productId: 'tea', requested: 11, available: 10 }] });
    inCart
      .when(changeQuantity('tea', 4, { limit: { quantity: 5, alreadyBought: 2 } }))
      .thenRefused('purchase_limit_exceeded', { productId: 'tea', limit: 5, alreadyBought: 2, inCart: 2, requested: 4 });
    inCart.when(changeQuantity('tea', 2, { price: eur(PRICES_END) })).thenRefused('total_too_large');
  });

  it('refuses what is not in the cart', () => {
    given(cart).when(changeQuantity('tea', 1)).thenRefused('item_not_in_cart', { productId: 'tea' });
    given(cart).when(changeQuantity('tea', 0)).thenRefused('item_not_in_cart', { productId: 'tea' });
  });
});

describe('removing and emptying', () => {
  it('removes one line', () =>
    given(cart, [itemAdded('tea', 1), itemAdded('mug', 1)])
      .when(removeItem('tea'))
      .thenState((state) => expect([...state.lines.keys()]).toEqual(['mug'])));

  it('refuses to remove what is not there', () => given(cart).when(removeItem('tea')).thenRefused('item_not_in_cart', { productId: 'tea' }));

  it('removes all lines', () =>
    given(cart, [itemAdded('tea', 1)]).when(emptyTheCart).then({ type: 'CartEmptied', ...ofCart }));

  it('has nothing to do in an empty cart', () => given(cart).when(emptyTheCart).thenNothing());

  it('puts a line that comes back at the end', () =>
    given(cart, [itemAdded('tea', 1), itemAdded('mug', 1), { type: 'ItemRemoved', ...ofCart, productId: 'tea' }])
      .when(addItem('tea', 1))
      .thenState((state) => expect([...state.lines.keys()]).toEqual(['mug', 'tea'])));
});

describe('changing a cart that is being checked out', () => {
  const locked = given(cart, [itemAdded('tea', 2), cartLocked]);

  it.each([addItem('mug', 1), changeQuantity('tea', 1), removeItem('tea'), emptyTheCart])('refuses $type and says how long', (command) =>
    locked.when({ ...command, at: NOON + 20_000 }).thenRefused('cart_locked', { retryAfterMs: 100_000 }));

  it('takes over a lease that lapsed', () =>
    locked
      .when({ ...addItem('mug', 1), at: NOON + LEASE_MS })
      .then(cartUnlocked('lease_lapsed'), itemAdded('mug', 1)));

  it('does not take it over for a change that is refused', () =>
    locked.when({ ...addUnknown('mug'), at: NOON + LEASE_MS }).thenRefused('product_not_found'));

  it('sends whoever comes to a closed cart to the next', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartCheckedOut]).when(addItem('mug', 1)).thenRefused('cart_closed'));
});
