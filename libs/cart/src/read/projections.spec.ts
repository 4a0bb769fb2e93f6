import { cart, inventory, order } from '@tillroll/contracts';
import { busEvent, projected } from '@tillroll/testing';
import { eur } from '../testing/cart-samples';
import { catalogue } from './catalogue';
import { current } from './current';
import { purchases, purchasesKey } from './purchases';

const tea = { productId: 'tea', name: 'Tea', price: eur(250), onSale: true };
const stock = (onHand: number, held: number, committed: number) => ({ productId: 'tea', onHand, held, committed });
const created = busEvent(inventory.ProductCreated, { ...tea, purchaseLimit: { quantity: 3, days: 30 } });
const adjusted = busEvent(inventory.StockAdjusted, { ...stock(10, 3, 2), delta: 10, reason: 'goods' });

describe('cart.catalogue', () => {
  it('knows name, price, limit and what is left', () =>
    expect(projected(catalogue, [created, adjusted]).get('tea')).toEqual({
      productId: 'tea',
      available: 5,
      product: { name: 'Tea', price: eur(250), onSale: true, purchaseLimit: { quantity: 3, days: 30 } },
    }));

  it('is the same whichever stream comes first', () =>
    expect(projected(catalogue, [adjusted, created])).toEqual(projected(catalogue, [created, adjusted])));

  it('forgets a limit that was lifted, and remembers a withdrawal', () =>
    expect(projected(catalogue, [created, busEvent(inventory.ProductWithdrawn, { ...tea, onSale: false })]).get('tea')?.product).toEqual({
      name: 'Tea',
      price: eur(250),
      onSale: false,
    }));

  it('has nothing available in a shortfall', () =>
    expect(projected(catalogue, [created, busEvent(inventory.ShortfallRecorded, { ...stock(1, 3, 0), shortfall: 2 })]).get('tea')?.available).toBe(0));
});

describe('cart.purchases', () => {
  const line = (quantity: number) => ({ productId: 'tea', name: 'Tea', unitPrice: eur(250), quantity, lineTotal: eur(250 * quantity) });
  const placed = busEvent(order.OrderPlaced, {
    orderId: 'o1', requestId: 'r1', customerId: 'ada', cartId: 'c1', lines: [line(1), line(2)], total: eur(750), address: 'sealed',
    placedAt: '2030-01-01T12:00:00.000Z', expiresAt: '2030-01-01T12:30:00.000Z',
  });
  const of = purchasesKey('ada', 'tea');

  it('keeps what an order bought of a product, its lines summed', () =>
    expect(projected(purchases, [placed])).toEqual(
      new Map([[`${of}~o1`, { of, orderId: 'o1', quantity: 3, placedAt: Date.parse('2030-01-01T12:00:00.000Z') }]]),
    ));

  it.each([
    busEvent(order.OrderRejected, { orderId: 'o1', customerId: 'ada', cartId: 'c1', code: 'insufficient_stock', detail: {} }),
    busEvent(order.OrderExpired, { orderId: 'o1', customerId: 'ada' }),
    busEvent(order.OrderCanceled, { orderId: 'o1', customerId: 'ada', reason: 'changed my mind', by: 'customer' }),
  ])('marks an order that ended without a sale: $type', (ended) =>
    expect(projected(purchases, [placed, ended]).get('o1')).toEqual({ orderId: 'o1' }));
});

describe('cart.current', () => {
  const checkout = (cartNumber: number, checkoutNumber: number) => ({ cartId: `c${cartNumber}`, customerId: 'ada', cartNumber, checkoutNumber, orderId: 'o' });
  const unlocked = (cartNumber: number, checkoutNumber: number) => busEvent(cart.CartUnlocked, { ...checkout(cartNumber, checkoutNumber), reason: 'order_rejected' });
  const checkedOut = (cartNumber: number) => busEvent(cart.CartCheckedOut, checkout(cartNumber, 0));

  it('points to the next checkout of a cart that was unlocked', () =>
    expect(projected(current, [unlocked(0, 0)]).get('ada')).toEqual({ customerId: 'ada', cartNumber: 0, checkoutNumber: 1 }));

  it('points to the next cart after a check-out', () =>
    expect(projected(current, [unlocked(0, 4), checkedOut(0)]).get('ada')).toEqual({ customerId: 'ada', cartNumber: 1, checkoutNumber: 0 }));

  it('never goes back, in whatever order the carts come', () => {
    const events = [unlocked(0, 0), checkedOut(0), unlocked(1, 0), unlocked(1, 1)];
    expect(projected(current, events.toReversed())).toEqual(projected(current, events));
  });
});
