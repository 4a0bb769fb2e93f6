import { money, uuid5 } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import * as example from './order.examples';
import { order } from './order';
import { isCompensating, isPlaced, paymentStatusOf } from './order-state';

const { canceled, captured, compensated, confirmed, expired, NOON, paymentRequested, placed, recordCaptured, startPayment, stockHeld, WINDOW_MS } = example;

const payable = [placed, stockHeld];
const paid = [...payable, paymentRequested('p1'), captured('p1'), confirmed('p1')];
const refundOf = (paymentId: string, reason: string) => uuid5('refund', paymentId, reason);

describe('placing an order', () => {
  it('creates it pending, payable until the window ends', () => given(order).when(example.placeOrder).then(placed));

  it('meets the same order when it is asked for again', () => given(order, [placed]).when(example.placeOrder).thenNothing());

  it('is held once all lines are', () => given(order, [placed]).when({ type: 'RecordStockHeld' }).then(stockHeld));

  it('is rejected when inventory refuses, and then owes nothing', () =>
    given(order, [placed])
      .when({ type: 'RejectOrder', code: 'insufficient_stock', detail: {} })
      .thenState((state) => expect(isPlaced(state) && [state.status, state.stockStatus, isCompensating(state)]).toEqual(['rejected', 'released', false])));

  it('is given up when its stock stays undecided, and waits for the release', () =>
    given(order, [placed])
      .when({ type: 'AbandonCheckout' })
      .thenState((state) => expect(isPlaced(state) && [state.status, isCompensating(state)]).toEqual(['rejected', true])));

  it('learns that nothing was held when it was canceled before inventory refused', () =>
    given(order, [placed, canceled]).when({ type: 'RejectOrder', code: 'insufficient_stock', detail: {} }).then(example.stockReleased, compensated));
});

describe('paying for an order', () => {
  it('asks for the payment', () => given(order, payable).when(startPayment('p1')).then(paymentRequested('p1')));

  it('refuses another amount than is owed, naming both', () =>
    given(order, payable)
      .when(startPayment('p1', NOON, money(1_999, 'EUR')))
      .thenRefused('amount_mismatch', { expected: example.total, given: money(1_999, 'EUR') }));

  it('is refused while stock is undecided', () => given(order, [placed]).when(startPayment('p1')).thenRefused('order_not_payable', { from: 'pending' }));

  it('is refused from the end of the window on, also before the expiry was recorded', () =>
    given(order, payable).when(startPayment('p1', NOON + WINDOW_MS)).thenRefused('order_not_payable', { from: 'expired' }));

  const joined = { type: 'OrderPaymentJoined', orderId: 'order-1', customerId: 'ada', paymentId: 'p1', askedFor: 'p2' } as const;

  it('R10: has at most one live attempt', () => given(order, [...payable, paymentRequested('p1')]).when(startPayment('p2')).then(joined));

  it('R13: is what it was when it was asked for, also once it is over', () => {
    given(order, [...payable, paymentRequested('p1'), joined]).when(startPayment('p2')).thenNothing();
    given(order, [...payable, paymentRequested('p1'), joined, captured('p1'), confirmed('p1')]).when(startPayment('p2')).thenNothing();
    given(order, [...payable, paymentRequested('p1'), joined, example.failed('p1')]).when(startPayment('p2')).thenNothing();
  });

  it('asks again for a payment that has not begun at the provider, and for no other', () => {
    const ask = { type: 'AskForPaymentAgain', paymentId: 'p1' } as const;
    given(order, [...payable, paymentRequested('p1')]).when(ask).then({ type: 'OrderPaymentAskedAgain', orderId: 'order-1', customerId: 'ada', paymentId: 'p1' });
    given(order, [...payable, paymentRequested('p1'), example.failed('p1')]).when(ask).thenNothing();
    given(order, payable).when(ask).thenNothing();
  });

  it('R9: may be tried again after a decline, and stock stays held', () =>
    given(order, [...payable, paymentRequested('p1'), example.failed('p1')]).when(startPayment('p2')).then(paymentRequested('p2')));

  it('confirms the order when the money is captured', () =>
    given(order, [...payable, paymentRequested('p1')]).when(recordCaptured('p1')).then(captured('p1'), confirmed('p1')));

  it('R5: records a capture once', () => given(order, paid).when(recordCaptured('p1')).thenNothing());

  it('does not undo a capture by a late failure', () =>
    given(order, paid).when({ type: 'RecordPayment', paymentId: 'p1', status: 'failed', reasonCode: 'card_declined' }).thenNothing());

  it('R10: pays a second capture back', () => {
    const refundId = refundOf('p2', 'payment_returned');
    given(order, [...payable, paymentRequested('p1'), example.failed('p1'), paymentRequested('p2'), captured('p1'), confirmed('p1')])
      .when(recordCaptured('p2'))
      .then(captured('p2'), example.refundRequired('p2', refundId, 'payment_returned'), example.returned('p2'));
  });

  it('confirms the order when the money is authorised, and takes it at shipment without paying it back', () =>
    given(order, [...payable, paymentRequested('p1'), example.authorized('p1'), confirmed('p1', 'authorized'), example.processing, example.shipped])
      .when(recordCaptured('p1'))
      .then(captured('p1')));
});

describe('R1: money that comes in after the end', () => {
  it.each([
    ['canceled', [canceled]],
    ['expired', [expired]],
  ])('is recorded and paid back when the order was %s', (_name, ending) => {
    const refundId = refundOf('p1', 'payment_returned');
    given(order, [...payable, paymentRequested('p1'), ...ending, example.voidRequired('p1')])
      .when(recordCaptured('p1'))
      .then(captured('p1'), example.refundRequired('p1', refundId, 'payment_returned'), example.returned('p1'));
  });

  it('leaves the order final, compensating until the refund succeeded', () => {
    const refundId = refundOf('p1', 'payment_returned');
    const history = [...payable, paymentRequested('p1'), expired, example.voidRequired('p1'), example.stockReleased, captured('p1')];
    given(order, [...history, example.refundRequired('p1', refundId, 'payment_returned')])
      .when({ type: 'RecordRefund', paymentId: 'p1', refundId, amount: example.total, status: 'succeeded' })
      .then(example.refunded('p1', refundId), compensated);
  });
});

describe('cancelling an order', () => {
  it('voids a live payment', () =>
    given(order, [...payable, paymentRequested('p1')])
      .when({ type: 'CancelOrder', reason: 'too late', by: 'customer' })
      .then(canceled, example.voidRequired('p1')));

  it('pays captured money back', () =>
    given(order, paid)
      .when({ type: 'CancelOrder', reason: 'too late', by: 'customer' })
      .then(canceled, example.refundRequired('p1', refundOf('p1', 'order_canceled'), 'order_canceled')));

  it('R3: is refused once shipped', () =>
    given(order, [...paid, example.processing, example.shipped])
      .when({ type: 'CancelOrder', reason: 'too late', by: 'customer' })
      .thenRefused('order_not_cancelable', { from: 'shipped', allowed: ['delivered'] }));

  it('has nothing to do when the order was never placed', () => given(order).when({ type: 'CancelIfPending', reason: 'cart_taken_over' }).thenNothing());

  it('is refused twice', () =>
    given(order, [...payable, canceled]).when({ type: 'CancelOrder', reason: 'again', by: 'customer' }).thenRefused('order_not_cancelable', { from: 'canceled', allowed: [] }));

  it('is complete when stock is free and money is back', () => {
    const refundId = refundOf('p1', 'order_canceled');
    const history = [...paid, canceled, example.refundRequired('p1', refundId, 'order_canceled'), example.refunded('p1', refundId)];
    given(order, history).when({ type: 'RecordStockReleased' }).then(example.stockReleased, compensated);
  });

  it('is complete when all money is back, although an earlier refund had failed for good', () => {
    const refundId = refundOf('p1', 'order_canceled');
    const failed = { ...example.refunded('p1', 'r1'), amount: money(300, 'EUR'), status: 'needs_attention' } as const;
    const history = [...paid, failed, canceled, example.refundRequired('p1', refundId, 'order_canceled'), example.stockReleased];
    given(order, history)
      .when({ type: 'RecordRefund', paymentId: 'p1', refundId, amount: example.total, status: 'succeeded' })
      .then(example.refunded('p1', refundId), compensated);
  });

  it('happens by itself when the goods of a confirmed order are gone', () =>
    given(order, paid)
      .when({ type: 'RecordStockLost' })
      .then({ ...canceled, reason: 'stock_lost', by: 'system' } as never, example.refundRequired('p1', refundOf('p1', 'order_canceled'), 'order_canceled')));
});

describe('the end of the payment window', () => {
  it('expires an unpaid order and voids its live payment', () =>
    given(order, [...payable, paymentRequested('p1')]).when({ type: 'ExpireOrder', at: NOON + WINDOW_MS }).then(expired, example.voidRequired('p1')));

  it('R15: leaves a paid order alone', () => given(order, paid).when({ type: 'ExpireOrder', at: NOON + WINDOW_MS }).thenNothing());

  it('does nothing before its time', () => given(order, payable).when({ type: 'ExpireOrder', at: NOON + WINDOW_MS - 1 }).thenNothing());
});

describe('advancing an order', () => {
  it('ships what is processed, with its tracking', () =>
    given(order, [...paid, example.stockCommitted, example.processing]).when({ type: 'AdvanceOrder', to: 'shipped', tracking: 'T1' }).then(example.shipped));

  it('ships nothing that it does not have', () =>
    given(order, [...paid, example.processing]).when({ type: 'AdvanceOrder', to: 'shipped' }).thenRefused('invalid_transition', { from: 'processing', to: 'shipped', allowed: [] }));

  it('R3: refuses what the state machine does not allow, naming what it does', () =>
    given(order, [...paid, canceled]).when({ type: 'AdvanceOrder', to: 'shipped' }).thenRefused('invalid_transition', { from: 'canceled', to: 'shipped', allowed: [] }));

  it('refuses the present status', () =>
    given(order, [...paid, example.processing])
      .when({ type: 'AdvanceOrder', to: 'processing' })
      .thenRefused('invalid_transition', { from: 'processing', to: 'processing', allowed: ['shipped'] }));
});

describe('payment status', () => {
  const refundId = 'r1';
  it.each([
    ['none', payable],
    ['pending', [...payable, paymentRequested('p1')]],
    ['authorized', [...payable, paymentRequested('p1'), example.authorized('p1')]],
    ['paid', paid],
    ['failed', [...payable, paymentRequested('p1'), example.failed('p1')]],
    ['voided', [...payable, paymentRequested('p1'), example.voided('p1')]],
    ['refunded', [...paid, example.refunded('p1', refundId)]],
    ['partially_refunded', [...paid, { ...example.refunded('p1', refundId), amount: money(1, 'EUR') } as never]],
    ['paid', [...paid, { ...example.refunded('p1', refundId), status: 'failed' } as never]],
  ])('is %s', (status, history) => {
    const state = history.reduce(order.evolve, order.initialState);
    expect(isPlaced(state) && paymentStatusOf(state)).toBe(status);
  });
});
