import { given } from '@tillroll/testing';
import { checkout, type CheckoutCommand, type CheckoutEvent } from './checkout';

const request = { requestId: 'r1', orderId: 'o1', customerId: 'ada', cartId: 'c1', cartNumber: 0, checkoutNumber: 0, addressId: 'a1', address: 'sealed' };
const start: CheckoutCommand = { type: 'StartCheckout', ...request };
const requested: CheckoutEvent = { type: 'CheckoutRequested', ...request };
const completed: CheckoutEvent = { type: 'CheckoutCompleted', orderId: 'o1', customerId: 'ada', cartId: 'c1' };
const refused = (code: string, detail = {}): CheckoutEvent => ({ type: 'CheckoutRefused', orderId: 'o1', customerId: 'ada', code, detail });

describe('checking out a cart', () => {
  it('asks the cart for its lock', () => given(checkout).when(start).then(requested));

  const joined: CheckoutEvent = { type: 'CheckoutJoined', orderId: 'o1', customerId: 'ada', requestId: 'r2' };

  it('asks once, however often it is started, and remembers who waits for it', () => {
    given(checkout, [requested]).when(start).thenNothing();
    given(checkout, [requested]).when({ ...start, requestId: 'r2' }).then(joined);
    given(checkout, [requested, joined]).when({ ...start, requestId: 'r2' }).thenNothing();
    given(checkout, [requested])
      .when({ ...start, requestId: 'r2' })
      .thenState((state) => expect(state).toMatchObject({ requestId: 'r1', requestIds: ['r1', 'r2'] }));
  });

  it('is complete when the cart is checked out', () => given(checkout, [requested]).when({ type: 'CompleteCheckout' }).then(completed));

  it('can be started again when it was refused before an order existed', () =>
    given(checkout, [requested, refused('cart_empty')]).when({ ...start, requestId: 'r2' }).then({ ...requested, requestId: 'r2' }));

  it('stays refused once its order was rejected: the next checkout makes the next order', () =>
    given(checkout, [requested, refused('insufficient_stock', { orderId: 'o1' })]).when(start).thenNothing());

  it('ends with its order, and is not started again', () => {
    const ended: CheckoutEvent = { type: 'CheckoutEnded', orderId: 'o1', customerId: 'ada' };
    given(checkout, [requested]).when({ type: 'EndCheckout' }).then(ended);
    given(checkout, [requested, completed]).when({ type: 'EndCheckout' }).thenNothing();
    given(checkout, [requested, ended]).when({ ...start, requestId: 'r2' }).thenNothing();
  });

  it('is not refused after it was completed', () =>
    given(checkout, [requested, completed]).when({ type: 'RefuseCheckout', refusal: { code: 'cart_locked', detail: {} } }).thenNothing());
});
