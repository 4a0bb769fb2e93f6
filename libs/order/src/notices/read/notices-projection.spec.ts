import { order } from '@tillroll/contracts';
import { busEvent, projected } from '@tillroll/testing';
import { NOTICES, noticesProjection, shownNotice } from './notices-projection';

const of = { orderId: 'o1', customerId: 'zoe' };
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const events = [
  busEvent(order.OrderConfirmed, { ...of, paymentId: 'p1', amount: eur(500), paymentStatus: 'paid' }),
  busEvent(order.OrderPaymentUpdated, { ...of, paymentId: 'p1', status: 'failed', reasonCode: 'card_declined', retryable: true }),
  busEvent(order.OrderCanceled, { ...of, reason: 'too slow', note: 'for the shop', by: 'customer' }),
  busEvent(order.OrderExpired, of),
  busEvent(order.OrderProcessing, { ...of, note: 'for the shop' }),
  busEvent(order.OrderShipped, { ...of, tracking: 'XY-1' }),
  busEvent(order.OrderDelivered, of),
  busEvent(order.PaymentReturned, { ...of, paymentId: 'p1', amount: eur(500) }),
];

describe(NOTICES, () => {
  const told = [...projected(noticesProjection, events).values()].map(shownNotice);

  it('tells the customer of everything that matters to them', () =>
    expect(told.map(({ noticeId: _, time: __, orderId: ___, ...notice }) => notice)).toEqual([
      { type: 'order-confirmed', paymentId: 'p1', amount: eur(500), paymentStatus: 'paid' },
      { type: 'payment-failed', paymentId: 'p1', reasonCode: 'card_declined', retryable: true, options: ['retry', 'cancel'] },
      { type: 'order-canceled', reason: 'too slow', by: 'customer' },
      { type: 'order-expired' },
      { type: 'order-processing' },
      { type: 'order-shipped', tracking: 'XY-1' },
      { type: 'order-delivered' },
      { type: 'payment-returned', paymentId: 'p1', amount: eur(500) },
    ]));

  it('says of each which order, when, and which notice', () =>
    expect(told[0]).toMatchObject({ noticeId: events[0]?.id, orderId: 'o1', time: '2030-01-01T12:00:00.000Z' }));

  it('keeps whose notice it is, and its place among all', () =>
    expect(projected(noticesProjection, [busEvent(order.OrderExpired, of, { id: 'n1', position: 42 })]).get('n1')).toMatchObject({ customerId: 'zoe', position: 42 }));

  it.each(['pending', 'captured', 'voided'])('does not tell of a payment that is %s', (status) =>
    expect(projected(noticesProjection, [busEvent(order.OrderPaymentUpdated, { ...of, paymentId: 'p1', status })]).size).toBe(0));
});
