import { answer, asksTheSame, cancel, capture, CHECKOUT_MS, type Intent, type IntentRequest, LONGEST_CHECKOUT_MS, openIntent, wake } from './intent';
import { Refusal } from './refusal';

const start = 1_000_000;
const request = (method: string, more: Partial<IntentRequest> = {}): IntentRequest => ({ paymentId: 'p', orderId: 'o', amount: 700, currency: 'EUR', method, ...more });
const open = (method: string, more: Partial<IntentRequest> = {}): Intent => openIntent('int_1', request(method, more), start, 5_000);
const refusal = (code: string) => expect.objectContaining({ name: 'Refusal', code }) as Error;

describe('opening an intent', () => {
  it.each([
    ['card_ok', { status: 'captured', captured: 700 }],
    ['card_refund_fails', { status: 'captured', captured: 700 }],
    ['card_declined', { status: 'failed', reasonCode: 'card_declined', captured: 0 }],
    ['card_insufficient_funds', { status: 'failed', reasonCode: 'insufficient_funds', captured: 0 }],
    ['card_authorize', { status: 'authorized', captured: 0 }],
    ['card_redirect', { status: 'requires_action', captured: 0, wakesAt: start + CHECKOUT_MS }],
    ['card_late_success', { status: 'processing', captured: 0, wakesAt: start + 5_000 }],
  ])('%s does as the table says', (method, expected) => expect(open(method)).toMatchObject(expected));

  it('refuses a method that it does not know', () => expect(() => open('card_unknown')).toThrow(refusal('unsupported_method')));

  it('reserves the money when asked to', () => expect(open('card_ok', { captureLater: true })).toMatchObject({ status: 'authorized', captured: 0 }));

  it('keeps the hosted page open until the merchant says, at most a day', () => {
    expect(open('card_redirect', { payUntil: start + 60_000 }).wakesAt).toBe(start + 60_000);
    expect(open('card_redirect', { payUntil: start + 10 * LONGEST_CHECKOUT_MS }).wakesAt).toBe(start + LONGEST_CHECKOUT_MS);
  });

  it.each(['card_ok', 'card_redirect', 'card_late_success'])('takes nothing by %s when the time to pay is over', (method) =>
    expect(open(method, { payUntil: start })).toMatchObject({ status: 'canceled', reasonCode: 'expired', captured: 0 }));
});

describe('answering on the hosted page', () => {
  it('pays', () => expect(answer(open('card_redirect'), 'approve', start + 1)).toMatchObject({ status: 'captured', captured: 700, updatedAt: start + 1 }));
  it('reserves when asked to', () => expect(answer(open('card_redirect', { captureLater: true }), 'approve', start)).toMatchObject({ status: 'authorized' }));
  it('declines', () => expect(answer(open('card_redirect'), 'decline', start)).toMatchObject({ status: 'failed', reasonCode: 'card_declined' }));
  it('counts once', () => {
    const declined = answer(open('card_redirect'), 'decline', start);
    expect(answer(declined, 'approve', start + 1)).toBe(declined);
  });
});

describe('what time does', () => {
  it('ends the wait for an answer', () => {
    const intent = open('card_redirect');
    expect(wake(intent, start + CHECKOUT_MS - 1)).toBe(intent);
    expect(wake(intent, start + CHECKOUT_MS)).toMatchObject({ status: 'canceled', reasonCode: 'expired' });
  });

  it('captures a late success, also when asked to reserve', () => {
    expect(wake(open('card_late_success'), start + 5_000)).toMatchObject({ status: 'captured', captured: 700 });
    expect(wake(open('card_late_success', { captureLater: true }), start + 5_000)).toMatchObject({ status: 'captured' });
  });

  it('leaves what is finished alone', () => {
    const captured = wake(open('card_late_success'), start + 5_000);
    expect(captured).not.toHaveProperty('wakesAt');
    expect(wake(captured, start + 10_000)).toBe(captured);
  });
});

describe('capturing', () => {
  it('takes what is reserved', () => expect(capture(open('card_authorize'), start + 9)).toMatchObject({ status: 'captured', captured: 700, updatedAt: start + 9 }));
  it('is already so when captured', () => {
    const captured = open('card_ok');
    expect(capture(captured, start)).toBe(captured);
  });
  it.each(['card_declined', 'card_redirect', 'card_late_success'])('is refused for %s', (method) =>
    expect(() => capture(open(method), start)).toThrow(refusal('not_capturable')));
});

describe('canceling', () => {
  it.each(['card_authorize', 'card_redirect'])('gives up %s', (method) =>
    expect(cancel(open(method), start)).toMatchObject({ status: 'canceled', reasonCode: 'canceled', captured: 0 }));
  it('is already so when canceled', () => {
    const canceled = cancel(open('card_authorize'), start);
    expect(cancel(canceled, start + 1)).toBe(canceled);
  });
  it.each(['card_ok', 'card_declined'])('is refused for %s', (method) => expect(() => cancel(open(method), start)).toThrow(refusal('not_cancelable')));
  it('cannot stop the bank once it is at it', () => {
    const intent = open('card_late_success');
    expect(() => cancel(intent, start)).toThrow(new Refusal('not_cancelable', 'the intent is processing', intent));
  });
});

describe('the request behind a key', () => {
  it('is the same when every field is', () => expect(asksTheSame(request('card_ok', { payUntil: 5 }), request('card_ok', { payUntil: 5 }))).toBe(true));
  it.each([{ paymentId: 'x' }, { orderId: 'x' }, { amount: 1 }, { currency: 'USD' }, { method: 'x' }, { returnUrl: 'x' }, { captureLater: true }, { payUntil: 5 }])(
    'is another one with %j',
    (more) => expect(asksTheSame(request('card_ok'), request('card_ok', more))).toBe(false),
  );
});
