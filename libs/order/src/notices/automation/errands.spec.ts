import { cart, order, payment } from '@tillroll/contracts';
import { busEvent } from '@tillroll/testing';
import type { Endpoint } from '../write/endpoints';
import { mailErrand, webhookErrands } from './errands';
import { isTellable, tellableTypes } from './webhook-types';

const of = { orderId: 'o1', customerId: 'zoe' };
const shipped = busEvent(order.OrderShipped, { ...of, tracking: 'XY-1' }, { position: 10 });
const endpoint = (endpointId: string, types: readonly string[], after = 0): Endpoint => ({ endpointId, url: 'https://example.com/', types, after });
const registered = (...endpoints: readonly Endpoint[]) => new Map(endpoints.map((each) => [each.endpointId, each]));

describe('what endpoints may be told', () => {
  it('are the public events, by their type or their name, and money that went back', () => {
    for (const word of ['order-confirmed', 'tillroll.order.order-confirmed.v1', 'item-added', 'refund-succeeded', 'payment-returned'])
      expect([word, isTellable(word)]).toEqual([word, true]);
    for (const word of ['order-vanished', 'cart-lock-refused', 'delivery-scheduled', 'tillroll.order.order-confirmed.v2', ''])
      expect([word, isTellable(word)]).toEqual([word, false]);
    expect(new Set(tellableTypes).size).toBe(tellableTypes.length);
    expect(tellableTypes).toContain(payment.PaymentCaptured.type);
    expect(tellableTypes).not.toContain(cart.CartLockRefused.type);
  });
});

describe('errands to endpoints', () => {
  it('go to each that asked for such events, in the words in which it asked', () => {
    const errands = webhookErrands(
      shipped,
      registered(endpoint('e1', ['order-shipped']), endpoint('e2', ['order-canceled']), endpoint('e3', ['order-canceled', 'tillroll.order.order-shipped.v1'])),
    );
    expect(errands.map(({ recipient, content }) => [recipient, content['type']])).toEqual([
      ['e1', 'order-shipped'],
      ['e3', 'tillroll.order.order-shipped.v1'],
    ]);
    expect(errands[0]).toMatchObject({ channel: 'webhook', eventId: shipped.id, content: { timestamp: shipped.time, data: shipped.data } });
  });

  it('are the same whenever the event comes again, and another for each endpoint', () => {
    const endpoints = registered(endpoint('e1', ['order-shipped']), endpoint('e2', ['order-shipped']));
    expect(webhookErrands(shipped, endpoints)).toEqual(webhookErrands(shipped, endpoints));
    expect(new Set(webhookErrands(shipped, endpoints).map(({ deliveryId }) => deliveryId)).size).toBe(2);
  });

  it('leave out what happened before an endpoint was registered', () =>
    expect(webhookErrands(shipped, registered(endpoint('e1', ['order-shipped'], 10), endpoint('e2', ['order-shipped'], 9))).map(({ recipient }) => recipient)).toEqual(['e2']));
});

describe('errands by mail', () => {
  const then = Date.parse(shipped.time);
  const day = 24 * 60 * 60 * 1000;

  it('go to the customer with the notice, and hold nothing personal', () =>
    expect(mailErrand(shipped, then)).toEqual({
      deliveryId: mailErrand(shipped, then)?.deliveryId, channel: 'mail', recipient: 'zoe', eventId: shipped.id, eventType: 'order-shipped', correlationId: shipped.correlationId,
      content: { noticeId: shipped.id, type: 'order-shipped', orderId: 'o1', time: shipped.time, tracking: 'XY-1' },
    }));

  it('are not for what customers are not told', () =>
    expect(mailErrand(busEvent(order.CompensationCompleted, of), then)).toBeUndefined());

  it('are not for what nobody waits for any more', () => {
    expect(mailErrand(shipped, then + 7 * day)).toBeDefined();
    expect(mailErrand(shipped, then + 7 * day + 1)).toBeUndefined();
  });
});
