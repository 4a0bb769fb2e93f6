import { order } from '@tillroll/contracts';
import { busEvent, projected } from '@tillroll/testing';
import { DELIVERIES, deliveriesProjection, shownDelivery } from './deliveries-projection';

const next = '2030-01-01T12:05:00.000Z';
const scheduled = (channel: 'webhook' | 'mail') =>
  busEvent(order.DeliveryScheduled, {
    deliveryId: 'd1', channel, recipient: 'e1', eventId: 'v1', eventType: 'order-confirmed', correlationId: 'c1', content: {}, nextAttemptAt: next,
  });
const attemptFailed = busEvent(order.DeliveryAttemptFailed, { deliveryId: 'd1', reason: 'status', responseStatus: 500, failures: 1, nextAttemptAt: next });
const shown = (...events: Parameters<typeof projected>[1]) => [...projected(deliveriesProjection, events).values()].map(shownDelivery);
const base = { deliveryId: 'd1', endpointId: 'e1', eventId: 'v1', type: 'order-confirmed', scheduledAt: '2030-01-01T12:00:00.000Z' };

describe(DELIVERIES, () => {
  it('lists what is under way', () => expect(shown(scheduled('webhook'))).toEqual([{ ...base, status: 'pending', attempts: 0, nextAttemptAt: next }]));

  it('says why it was not taken, and when it is tried again', () =>
    expect(shown(scheduled('webhook'), attemptFailed)).toEqual([
      { ...base, status: 'pending', attempts: 1, reason: 'status', responseStatus: 500, nextAttemptAt: next },
    ]));

  it('says how it ended, and nothing of the failures before', () =>
    expect(shown(scheduled('webhook'), attemptFailed, busEvent(order.DeliverySucceeded, { deliveryId: 'd1', responseStatus: 200 }))).toEqual([
      { ...base, status: 'succeeded', attempts: 2, responseStatus: 200 },
    ]));

  it('is pending again when an admin asks for it', () =>
    expect(
      shown(
        scheduled('webhook'),
        busEvent(order.DeliveryFailed, { deliveryId: 'd1', reason: 'timeout', failures: 8 }),
        busEvent(order.DeliveryRetryRequested, { deliveryId: 'd1', nextAttemptAt: next }),
      ),
    ).toEqual([{ ...base, status: 'pending', attempts: 1, reason: 'timeout', nextAttemptAt: next }]));

  it('does not list mail', () => expect(shown(scheduled('mail'), attemptFailed)).toEqual([]));
});
