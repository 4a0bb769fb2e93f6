import { composeMail } from './compose-mail';
import type { Notice, NoticeType } from './notice';

const notice = (type: NoticeType, details: Readonly<Record<string, unknown>> = {}): Notice => ({
  noticeId: 'n1', type, orderId: '0190-order', time: '2030-01-01T12:00:00.000Z', ...details,
});

describe('the mail about a notice', () => {
  it.each<[NoticeType, Readonly<Record<string, unknown>>, string]>([
    ['order-confirmed', { amount: { amount: 129_900, currency: 'EUR' }, paymentStatus: 'paid' }, '€1,299.00'],
    ['order-confirmed', { amount: { amount: 1_500, currency: 'JPY' }, paymentStatus: 'authorized' }, '¥1,500 is reserved'],
    ['payment-failed', { reasonCode: 'insufficient_funds' }, 'not enough money'],
    ['payment-failed', { reasonCode: 'something_else' }, 'you can try again'],
    ['order-canceled', { by: 'customer' }, 'as you asked'],
    ['order-canceled', { by: 'system' }, 'was canceled'],
    ['order-expired', {}, 'no payment'],
    ['order-processing', {}, 'being packed'],
    ['order-shipped', { tracking: 'XY-1' }, 'Tracking: XY-1'],
    ['order-shipped', {}, 'left our house'],
    ['order-delivered', {}, 'delivered'],
    ['payment-returned', { amount: { amount: 500, currency: 'USD' } }, '$5.00'],
  ])('says of %s what the customer wants to know', (type, details, words) => {
    const { subject, text } = composeMail(notice(type, details), 'Zoë');
    expect(subject).not.toBe('');
    expect(text).toContain('Hello Zoë,');
    expect(text).toContain(words);
    expect(text).toContain('Order number: 0190-order');
    expect(text).not.toMatch(/undefined|NaN|object/);
  });
});
