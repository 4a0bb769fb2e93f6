import { money } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import {
  addItem, cartCheckedOut, cartLocked, cartUnlocked, checkOut, eur, itemAdded, LEASE_MS, lockCart, NOON, ofCart, ofCheckout, product, unlockCart,
} from '../testing/cart-samples';
import { cart } from './cart';

const tea = product('tea');
const withTea = given(cart, [itemAdded('tea', 2)]);
const refused = (code: string, detail: Readonly<Record<string, unknown>> = {}, numbers = {}) =>
  ({ type: 'CartLockRefused', ...ofCheckout, code, detail, ...numbers }) as const;

describe('locking a cart for a checkout', () => {
  it('answers with the lines and the total of the moment', () => withTea.when(lockCart([tea])).then(cartLocked));

  it('passes on a price that fell', () =>
    withTea.when(lockCart([product('tea', { price: eur(200) })])).then({
      ...cartLocked,
      lines: [{ productId: 'tea', name: 'The tea', unitPrice: eur(200), quantity: 2, lineTotal: eur(400) }],
      total: eur(400),
    }));

  it('R11: refuses a price that rose, with old and new', () =>
    withTea.when(lockCart([product('tea', { price: eur(300) })])).then(
      refused('cart_changed', {
        expectedTotal: eur(500),
        currentTotal: eur(600),
        changes: [{ productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: eur(300) }],
      }),
    ));

  it('R11: takes a raised price that the customer has seen and agreed to', () =>
    withTea
      .when(lockCart([product('tea', { price: eur(300) })], { expectedTotal: eur(600) }))
      .thenState((state) => expect(state.status).toBe('locked')));

  it('R11: refuses a total that is not what the customer agreed to', () => {
    withTea
      .when(lockCart([tea], { expectedTotal: eur(499) }))
      .then(refused('cart_changed', { expectedTotal: eur(499), currentTotal: eur(500), changes: [] }));
    withTea.when(lockCart([tea], { expectedTotal: money(500, 'USD') })).then(
      refused('cart_changed', { expectedTotal: money(500, 'USD'), currentTotal: eur(500), changes: [] }),
    );
    withTea.when(lockCart([product('tea', { price: eur(200) })], { expectedTotal: eur(500) })).then(
      refused('cart_changed', {
        expectedTotal: eur(500),
        currentTotal: eur(400),
        changes: [{ productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: eur(200) }],
      }),
    );
  });

  it('takes another currency for a price that rose', () =>
    withTea.when(lockCart([product('tea', { price: money(100, 'USD') })])).then(
      refused('cart_changed', {
        expectedTotal: eur(500),
        currentTotal: money(200, 'USD'),
        changes: [{ productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: money(100, 'USD') }],
      }),
    ));

  it('refuses an empty cart', () => given(cart).when(lockCart([])).then(refused('cart_empty')));

  it('refuses a line whose product was withdrawn, naming it', () =>
    withTea.when(lockCart([product('tea', { onSale: false })])).then(refused('product_not_found', { productId: 'tea' })));

  it('refuses lines that have come to be in two currencies', () =>
    given(cart, [itemAdded('tea', 1), itemAdded('mug', 1)])
      .when(lockCart([tea, product('mug', { price: money(1, 'USD') })]))
      .then(refused('currency_mismatch', { expected: 'EUR', given: 'USD' })));

  it('refuses a total that has come to be too large', () =>
    withTea.when(lockCart([product('tea', { price: eur(Number.MAX_SAFE_INTEGER) })])).then(refused('total_too_large')));

  it('leaves the stock to the reservation', () =>
    withTea.when(lockCart([product('tea', { available: 0 })])).then(cartLocked));

  it('has already answered an order that asks again', () => {
    given(cart, [itemAdded('tea', 2), cartLocked]).when(lockCart([tea])).thenNothing();
    given(cart, [itemAdded('tea', 2), cartLocked, cartCheckedOut]).when(lockCart([tea])).thenNothing();
  });

  it('tells an order whose lease lapsed to ask for the next checkout', () =>
    given(cart, [itemAdded('tea', 2), cartLocked])
      .when(lockCart([tea], { at: NOON + LEASE_MS }))
      .then(cartUnlocked('lease_lapsed'), refused('stale', {}, { checkoutNumber: 1 })));

  it('learns from the next checkout that the present one ended', () =>
    given(cart, [itemAdded('tea', 2), cartLocked])
      .when(lockCart([tea], { orderId: 'order-2', checkoutNumber: 1 }))
      .then(cartUnlocked('superseded'), { ...cartLocked, orderId: 'order-2', checkoutNumber: 1 }));

  it('tells an order of an earlier checkout the one that runs', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartUnlocked(), { ...cartLocked, orderId: 'order-2', checkoutNumber: 1 }])
      .when(lockCart([tea]))
      .then(refused('stale', {}, { checkoutNumber: 1 })));

  it('decides anew when it had refused', () => given(cart, [refused('cart_empty'), itemAdded('tea', 2)]).when(lockCart([tea])).then(cartLocked));

  it('tells an order of an earlier checkout the number to ask for', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartUnlocked()]).when(lockCart([tea])).then(refused('stale', {}, { checkoutNumber: 1 })));

  it('tells an order of a closed cart the next cart', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartCheckedOut])
      .when(lockCart([tea], { orderId: 'order-2', checkoutNumber: 1 }))
      .then(refused('stale', {}, { orderId: 'order-2', cartNumber: 1, checkoutNumber: 0 })));

  it('locks for the next order after a checkout that failed', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartUnlocked()])
      .when(lockCart([tea], { orderId: 'order-2', checkoutNumber: 1 }))
      .then({ ...cartLocked, orderId: 'order-2', checkoutNumber: 1 }));
});

describe('ending a checkout', () => {
  const locked = given(cart, [itemAdded('tea', 2), cartLocked]);

  it('closes the cart', () => locked.when(checkOut()).then(cartCheckedOut));

  it('closes the cart also after the lease, when nobody took it over', () =>
    locked.when({ ...checkOut(), at: NOON + 10 * LEASE_MS }).then(cartCheckedOut));

  it('closes it once', () => given(cart, [itemAdded('tea', 2), cartLocked, cartCheckedOut]).when(checkOut()).thenNothing());

  it('R14: refuses when the lock was taken over', () =>
    given(cart, [itemAdded('tea', 2), cartLocked, cartUnlocked('lease_lapsed'), itemAdded('mug', 1)])
      .when(checkOut())
      .then({ type: 'CartCheckOutRefused', ...ofCart, orderId: 'order-1' }));

  it('gives the cart back with its lines when there is no order', () => {
    locked.when(unlockCart()).then(cartUnlocked());
    locked.when(unlockCart()).thenState((state) => expect(state).toMatchObject({ status: 'open', checkoutNumber: 1 }));
    given(cart, [itemAdded('tea', 2), cartLocked, cartUnlocked()]).when(addItem('tea', 1)).then(itemAdded('tea', 1));
  });

  it('leaves the lock of another order alone', () => {
    locked.when(unlockCart('order-9')).thenNothing();
    given(cart, [itemAdded('tea', 2), cartLocked, cartCheckedOut]).when(unlockCart()).thenNothing();
  });
});
