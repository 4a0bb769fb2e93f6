import { money } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import { product, type ProductChange, type ProductEvent } from './product';

const details = { productId: 'tea', name: 'Tea', price: money(450, 'EUR') };
const created: ProductEvent = { type: 'ProductCreated', ...details, onSale: true };
const change = (what: ProductChange) => ({ type: 'ChangeProduct', productId: 'tea', change: what }) as const;

describe('a product', () => {
  it('is on sale from its creation', () => given(product).when({ type: 'CreateProduct', details }).then(created));

  it('is created once', () => given(product, [created]).when({ type: 'CreateProduct', details }).thenRefused('already_exists', { field: 'productId' }));

  it('cannot be changed before', () => given(product).when(change({ name: 'Mug' })).thenRefused('product_not_found', { productId: 'tea' }));

  it('keeps what a change leaves out', () =>
    given(product, [created])
      .when(change({ price: money(500, 'EUR'), purchaseLimit: { quantity: 2, days: 7 } }))
      .then({ type: 'ProductChanged', ...details, price: money(500, 'EUR'), purchaseLimit: { quantity: 2, days: 7 }, onSale: true }));

  it('loses its description and its limit when they are set to null', () =>
    given(product, [{ ...created, description: 'Green', purchaseLimit: { quantity: 2 } }])
      .when(change({ description: null, purchaseLimit: null }))
      .then({ type: 'ProductChanged', ...details, onSale: true }));

  it('is withdrawn, with what else changed, and comes back', () => {
    const withdrawn: ProductEvent = { type: 'ProductWithdrawn', ...details, name: 'Old tea', onSale: false };
    given(product, [created]).when(change({ onSale: false, name: 'Old tea' })).then(withdrawn);
    given(product, [created, withdrawn]).when(change({ name: 'Tea' })).then({ type: 'ProductChanged', ...details, onSale: false });
    given(product, [created, withdrawn]).when(change({ onSale: true })).then({ type: 'ProductChanged', ...details, name: 'Old tea', onSale: true });
  });

  it('does not change to what it is', () => given(product, [created]).when(change({ name: 'Tea', onSale: true, description: null })).thenNothing());

  it('stays in its currency', () =>
    given(product, [created])
      .when(change({ price: money(450, 'USD') }))
      .thenRefused('currency_mismatch', { expected: 'EUR', given: 'USD' }));
});
