import { readNotification } from './sandbox-notification';

const at = Date.parse('2026-01-02T03:04:05.678Z');
const read = (body: unknown) => readNotification('evt_1', Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), at);

const intent = {
  id: 'int_1',
  orderId: 'o',
  paymentId: 'p',
  amount: 5,
  currency: 'EUR',
  captured: 0,
  refunded: 0,
  status: 'failed',
  method: 'card_declined',
  reasonCode: 'card_declined',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

describe('reading a message of the sandbox', () => {
  it('takes the meaning from the data, and the time from the message', () =>
    expect(read({ type: 'intent.failed', timestamp: '2026-01-01T00:00:00.000Z', data: intent })).toMatchObject({
      provider: 'sandbox',
      eventId: 'evt_1',
      type: 'intent.failed',
      time: '2026-01-01T00:00:00.000Z',
      about: 'intent',
      intent: { reference: 'int_1', status: 'failed', reasonCode: 'card_declined' },
    }));

  it('says unknown for a reason that we have no word for', () =>
    expect(read({ type: 'intent.failed', timestamp: 't', data: { ...intent, reasonCode: 'do_not_honor: 05' } })).toMatchObject({
      intent: { reasonCode: 'unknown' },
    }));

  it('leaves a type that we do not know alone', () =>
    expect(read({ type: 'payout.paid', timestamp: 't', data: {} })).toEqual({ provider: 'sandbox', eventId: 'evt_1', type: 'payout.paid', time: 't', about: 'other' }));

  it.each([
    ['no JSON', 'nonsense'],
    ['no object', [1]],
    ['no type', { timestamp: 't' }],
    ['an unknown status', { type: 'intent.failed', timestamp: 't', data: { ...intent, status: 'lost' } }],
    ['an amount that is none', { type: 'intent.failed', timestamp: 't', data: { ...intent, captured: 0.5 } }],
    ['a refund without an intent', { type: 'refund.failed', timestamp: 't', data: { id: 'ref_1', status: 'failed' } }],
  ])('acts on nothing when there is %s', (_, body) =>
    expect(read(body)).toEqual({ provider: 'sandbox', eventId: 'evt_1', type: 'unreadable', time: '2026-01-02T03:04:05.678Z', about: 'other' }));
});
