import { money } from '@tillroll/kernel';
import type { GatewayIntent } from './port';
import { type BookedPayment, reconcileLedgers } from './reconcile-ledgers';

const euros = (amount: number) => money(amount, 'EUR');

const booked = (paymentId: string, more: Partial<BookedPayment> = {}): BookedPayment => ({
  paymentId,
  orderId: `order of ${paymentId}`,
  reference: `intent of ${paymentId}`,
  captured: euros(500),
  refunded: euros(0),
  ...more,
});

const listed = (paymentId: string, more: Partial<GatewayIntent> = {}): GatewayIntent => ({
  reference: `intent of ${paymentId}`,
  paymentId,
  orderId: `order of ${paymentId}`,
  method: 'card_ok',
  status: 'captured',
  amount: euros(500),
  captured: euros(500),
  refunded: euros(0),
  time: '2026-01-01T00:00:00.000Z',
  ...more,
});

describe('comparing the books of the shop and of the provider', () => {
  it('finds nothing when both say the same, in any order', () =>
    expect(reconcileLedgers([booked('a'), booked('b')], [listed('b'), listed('a')])).toEqual([]));

  it('names a payment that the provider does not list', () =>
    expect(reconcileLedgers([booked('a'), booked('b')], [listed('b')])).toEqual([
      { kind: 'missing_there', paymentId: 'a', orderId: 'order of a', reference: 'intent of a', captured: euros(500) },
    ]));

  it('names money booked on a payment that never had an intent', () => {
    const { reference: _, ...unreferenced } = booked('a');
    expect(reconcileLedgers([unreferenced], [])).toEqual([
      { kind: 'missing_there', paymentId: 'a', orderId: 'order of a', captured: euros(500) },
    ]);
  });

  it('does not miss a payment that never reached the provider', () => {
    const { reference: _, ...unreferenced } = booked('a', { captured: euros(0) });
    expect(reconcileLedgers([unreferenced], [])).toEqual([]);
  });

  it('names an intent that the shop does not know', () =>
    expect(reconcileLedgers([], [listed('a')])).toEqual([
      { kind: 'missing_here', reference: 'intent of a', paymentId: 'a', orderId: 'order of a', captured: euros(500) },
    ]));

  it('names an intent of another program, which carries no ids of ours', () => {
    const { paymentId: _, orderId: __, ...foreign } = listed('a');
    expect(reconcileLedgers([], [foreign])).toEqual([{ kind: 'missing_here', reference: 'intent of a', captured: euros(500) }]);
  });

  it('matches by the payment id while the provider id is unknown here', () => {
    const { reference: _, ...unreferenced } = booked('a', { captured: euros(0) });
    expect(reconcileLedgers([unreferenced], [listed('a')])).toEqual([
      { kind: 'captured_differs', paymentId: 'a', orderId: 'order of a', reference: 'intent of a', here: euros(0), there: euros(500) },
    ]);
  });

  it('names a second intent of one payment', () =>
    expect(reconcileLedgers([booked('a')], [listed('a'), listed('a', { reference: 'second' })])).toEqual([
      { kind: 'missing_here', reference: 'second', paymentId: 'a', orderId: 'order of a', captured: euros(500) },
    ]));

  it('names both amounts where the money taken differs, also in currency', () =>
    expect(reconcileLedgers([booked('a'), booked('b')], [listed('a', { captured: euros(400) }), listed('b', { captured: money(500, 'USD') })])).toEqual([
      { kind: 'captured_differs', paymentId: 'a', orderId: 'order of a', reference: 'intent of a', here: euros(500), there: euros(400) },
      { kind: 'captured_differs', paymentId: 'b', orderId: 'order of b', reference: 'intent of b', here: euros(500), there: money(500, 'USD') },
    ]));

  it('names both amounts where the money paid back differs', () =>
    expect(reconcileLedgers([booked('a', { refunded: euros(100) })], [listed('a')])).toEqual([
      { kind: 'refunded_differs', paymentId: 'a', orderId: 'order of a', reference: 'intent of a', here: euros(100), there: euros(0) },
    ]));
});
