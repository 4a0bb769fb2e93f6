import { money } from '@tillroll/kernel';
import { cartCheckedOut, eur, itemAdded, product, productsOf } from '../testing/cart-samples';
import { cart } from '../write/cart';
import type { CartEvent } from '../write/cart-events';
import { checkCart } from './cart-check';
import { cartView } from './cart-view';

const cartOf = (...events: readonly CartEvent[]) => events.reduce((state, event) => cart.evolve(state, event), cart.initialState);
const teaAndMug = cartOf(itemAdded('tea', 2), itemAdded('mug', 1));

describe('the view of a cart', () => {
  it('of nothing is nothing, in no currency', () =>
    expect(cartView(cartOf(), -1, new Map())).toEqual({ revision: -1, lines: [], total: money(0, 'XXX'), problems: [] }));

  it('has the lines at current prices', () =>
    expect(cartView(teaAndMug, 1, productsOf(product('tea', { price: eur(300) }), product('mug')))).toEqual({
      revision: 1,
      lines: [
        { productId: 'tea', name: 'The tea', unitPrice: eur(300), quantity: 2, lineTotal: eur(600) },
        { productId: 'mug', name: 'The mug', unitPrice: eur(250), quantity: 1, lineTotal: eur(250) },
      ],
      total: eur(850),
      problems: [{ code: 'price_changed', productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: eur(300) }],
    }));

  it('says what is short, what is beyond a limit and what was withdrawn', () =>
    expect(
      cartView(teaAndMug, 1, productsOf(product('tea', { available: 1, limit: { quantity: 2, alreadyBought: 1 } }), product('mug', { onSale: false }))).problems,
    ).toEqual([
      { code: 'insufficient_stock', productId: 'tea', requested: 2, available: 1 },
      { code: 'purchase_limit_exceeded', productId: 'tea', limit: 2, alreadyBought: 1, inCart: 2 },
      { code: 'product_withdrawn', productId: 'mug' },
    ]));

  it('shows a product that nobody knows any more as it was added', () => {
    const view = cartView(cartOf(itemAdded('tea', 2)), 0, new Map());
    expect(view.lines).toEqual([{ productId: 'tea', name: 'tea', unitPrice: eur(250), quantity: 2, lineTotal: eur(500) }]);
    expect(view.problems).toEqual([{ code: 'product_withdrawn', productId: 'tea' }]);
  });

  it('keeps to one currency when prices change to another', () => {
    const view = cartView(teaAndMug, 1, productsOf(product('tea'), product('mug', { price: money(9, 'USD') })));
    expect(view.total).toEqual(eur(750));
    expect(view.problems).toEqual([{ code: 'price_changed', productId: 'mug', oldUnitPrice: eur(250), newUnitPrice: money(9, 'USD') }]);
  });

  it('does not count further than can be counted, and says so', () => {
    const view = cartView(teaAndMug, 1, productsOf(product('tea'), product('mug', { price: eur(Number.MAX_SAFE_INTEGER) })));
    expect(view.total).toEqual(eur(Number.MAX_SAFE_INTEGER));
    expect(view.problems).toContainEqual({ code: 'total_too_large', productId: 'mug' });
  });
});

describe('checking a cart', () => {
  const fine = productsOf(product('tea'), product('mug'));

  it('is fine when an order would be', () => expect(checkCart(teaAndMug, fine)).toEqual({ ok: true, shortages: [], priceChanges: [], limits: [] }));

  it('is not fine with nothing to order', () => {
    expect(checkCart(cartOf(), fine).ok).toBe(false);
    expect(checkCart(cartOf(cartCheckedOut), fine).ok).toBe(false);
  });

  it('names every shortage, change and limit', () =>
    expect(
      checkCart(teaAndMug, productsOf(product('tea', { available: 1, price: eur(300), limit: { quantity: 2, alreadyBought: 1 } }), product('mug', { onSale: false }))),
    ).toEqual({
      ok: false,
      shortages: [{ productId: 'tea', requested: 2, available: 1 }, { productId: 'mug', requested: 1, available: 0 }],
      priceChanges: [{ productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: eur(300) }],
      limits: [{ productId: 'tea', limit: 2, alreadyBought: 1, inCart: 2 }],
    }));

  it('passes on a price that fell', () =>
    expect(checkCart(teaAndMug, productsOf(product('tea', { price: eur(200) }), product('mug')))).toMatchObject({
      ok: true,
      priceChanges: [{ productId: 'tea', oldUnitPrice: eur(250), newUnitPrice: eur(200) }],
    }));

  it('is not fine when a price rose', () => expect(checkCart(teaAndMug, productsOf(product('tea', { price: eur(251) }), product('mug'))).ok).toBe(false));
});
