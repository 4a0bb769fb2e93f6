import { order, payment as contracts } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { busEvent, projected } from '@tillroll/testing';
import { actionRequired, at, captured, eur, ids, initiated, nextAction } from '../write/payment.examples';
import type { PaymentEvent } from '../write/payment-events';
import { mismatchesProjection } from './mismatches-projection';
import { payableOrdersProjection } from './payable-orders-projection';
import { paymentResource, refundResource } from './payment-resource';
import { paymentsProjection } from './payments-projection';
import { refundsProjection } from './refunds-projection';

const onBus = (events: readonly PaymentEvent[]): readonly BusEvent[] =>
  events.map(({ type, ...data }, sequence) => ({ ...busEvent(contracts.PaymentVoided, ids, { type: contracts[type].type, sequence, time: at(sequence) }), data }));

const refundId = '7f3b8b0e-0000-5000-8000-0000000000aa';
const of = { ...ids, refundId, amount: eur(1_000) };
const requested: PaymentEvent = { type: 'RefundRequested', ...of, reason: 'broken' };
const failed: PaymentEvent = { type: 'RefundFailed', ...of, reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: at(10) };
const retried: PaymentEvent = { type: 'RefundRetryRequested', ...of };
const succeeded: PaymentEvent = { type: 'RefundSucceeded', ...of, reference: 're_1', time: at(20) };

describe('the list of payments', () => {
  const shown = (...events: readonly PaymentEvent[]) => {
    const document = projected(paymentsProjection, onBus(events)).get(ids.paymentId);
    return document && paymentResource(document);
  };

  it('shows what the customer has to do', () =>
    expect(shown(initiated, actionRequired)).toEqual({
      paymentId: ids.paymentId,
      orderId: ids.orderId,
      method: 'card_ok',
      amount: eur(5_000),
      status: 'requires_action',
      nextAction,
      captured: eur(0),
      refunded: eur(0),
      refunds: [],
    }));

  it('shows the transaction and the refunds', () =>
    expect(shown(initiated, captured, requested, failed)).toEqual({
      paymentId: ids.paymentId,
      orderId: ids.orderId,
      method: 'card_ok',
      amount: eur(5_000),
      status: 'captured',
      captured: eur(5_000),
      refunded: eur(0),
      transaction: { provider: 'sandbox', reference: 'in_1', amount: eur(5_000), time: at(1) },
      refunds: [
        { refundId, paymentId: ids.paymentId, amount: eur(1_000), reason: 'broken', status: 'failed', reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: at(10) },
      ],
    }));

  it('can be sorted by the time of the beginning', () =>
    expect(projected(paymentsProjection, onBus([initiated, captured])).get(ids.paymentId)).toMatchObject({ createdAt: at(0), orderId: ids.orderId }));
});

it('lists refunds by their status', () => {
  const document = projected(refundsProjection, onBus([initiated, captured, requested, failed, retried, succeeded])).get(refundId);
  expect(document).toMatchObject({ status: 'succeeded', requestedAt: at(2) });
  expect(document && refundResource(document.paymentId, document)).toEqual({
    refundId,
    paymentId: ids.paymentId,
    amount: eur(1_000),
    reason: 'broken',
    status: 'succeeded',
    attempts: 2,
  });
});

it('lists each mismatch', () => {
  const mismatch: PaymentEvent = { type: 'PaymentMismatchRecorded', ...ids, expected: eur(5_000), given: eur(1), reference: 'in_1' };
  expect([...projected(mismatchesProjection, onBus([initiated, mismatch])).values()]).toEqual([
    { ...ids, expected: eur(5_000), given: eur(1), reference: 'in_1', recordedAt: at(1) },
  ]);
});

it('knows whose an order is, which payment confirmed it, and what it has learned of refunds', () => {
  const { orderId, customerId, paymentId } = ids;
  const placed = busEvent(order.OrderPlaced, {
    orderId,
    customerId,
    requestId: paymentId,
    cartId: paymentId,
    lines: [],
    total: eur(5_000),
    address: 'sealed',
    placedAt: at(0),
    expiresAt: at(1_800),
  });
  const confirmed = busEvent(order.OrderConfirmed, { orderId, customerId, paymentId, amount: eur(5_000), paymentStatus: 'authorized' });
  expect(projected(payableOrdersProjection, [placed]).get(orderId)).toEqual({ orderId, customerId });
  expect(projected(payableOrdersProjection, [placed, confirmed]).get(orderId)).toEqual({ orderId, customerId, paymentId });
  const refunded = busEvent(order.OrderRefundUpdated, { orderId, customerId, paymentId, refundId: customerId, amount: eur(5_000), status: 'succeeded' });
  expect(projected(payableOrdersProjection, [placed, confirmed, refunded]).get(orderId)).toEqual({ orderId, customerId, paymentId, refunds: { [customerId]: 'succeeded' } });
});
