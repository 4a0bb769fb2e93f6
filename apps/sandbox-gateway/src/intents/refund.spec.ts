import { openIntent } from './intent';
import { openRefund, type RefundRequest, refundsTheSame } from './refund';

const intentOf = (method: string) => openIntent('int_1', { paymentId: 'p', orderId: 'o', amount: 700, currency: 'EUR', method }, 1_000, 5_000);
const request = (amount: number, more: Partial<RefundRequest> = {}): RefundRequest => ({ intentId: 'int_1', refundId: 'r', amount, ...more });
const refusal = (code: string) => expect.objectContaining({ name: 'Refusal', code }) as Error;

describe('refunding', () => {
  it('pays back, and counts it on the intent', () => {
    const { refund, intent } = openRefund('ref_1', request(300), intentOf('card_ok'), 2_000);
    expect(refund).toMatchObject({ status: 'succeeded', paymentId: 'p', orderId: 'o', currency: 'EUR', createdAt: 2_000 });
    expect(intent).toMatchObject({ status: 'captured', captured: 700, refunded: 300, updatedAt: 2_000 });
  });

  it('goes down to the last cent and no further', () => {
    const { intent } = openRefund('ref_1', request(300), intentOf('card_ok'), 2_000);
    expect(openRefund('ref_2', request(400), intent, 2_000).intent.refunded).toBe(700);
    expect(() => openRefund('ref_2', request(401), intent, 2_000)).toThrow(refusal('refund_exceeds_captured'));
  });

  it('pays back nothing that was never taken', () =>
    expect(() => openRefund('ref_1', request(1), intentOf('card_authorize'), 2_000)).toThrow(refusal('refund_exceeds_captured')));

  it('refuses another currency', () =>
    expect(() => openRefund('ref_1', request(1, { currency: 'USD' }), intentOf('card_ok'), 2_000)).toThrow(refusal('invalid_request')));

  it('fails with the method for that, and counts nothing', () => {
    const intent = intentOf('card_refund_fails');
    const opened = openRefund('ref_1', request(700), intent, 2_000);
    expect(opened.refund).toMatchObject({ status: 'failed', reasonCode: 'refund_declined' });
    expect(opened.intent).toBe(intent);
  });

  it('knows a request by all its fields', () => {
    expect(refundsTheSame(request(1), request(1))).toBe(true);
    for (const more of [{ amount: 2 }, { refundId: 'x' }, { intentId: 'x' }, { currency: 'EUR' }]) expect(refundsTheSame(request(1), request(1, more))).toBe(false);
  });
});
