import { randomUUID } from 'node:crypto';
import { money } from '@tillroll/kernel';
import type { GatewayIntent } from '../port';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';

export function refundingContract(underTest: () => GatewayUnderTest): void {
  const pay = (method = underTest().methods.captures) => underTest().gateway.createIntent(someIntent(method));
  const asked = ({ reference }: GatewayIntent, amount: number, key: string = randomUUID()) => ({
    reference,
    refundId: randomUUID(),
    amount: money(amount, 'EUR'),
    key,
  });

  it('pays back in parts, down to the last cent', async () => {
    const intent = await pay();
    const request = asked(intent, 12_000);
    const refund = await underTest().gateway.refund(request);
    expect(refund).toMatchObject({
      intentReference: intent.reference,
      refundId: request.refundId,
      paymentId: intent.paymentId,
      orderId: intent.orderId,
      status: 'succeeded',
      amount: money(12_000, 'EUR'),
    });
    expect(await underTest().gateway.getRefund(refund.reference)).toEqual(refund);
    await underTest().gateway.refund(asked(intent, 345));
    expect(await underTest().gateway.getIntent(intent.reference)).toMatchObject({
      status: 'captured',
      captured: money(12_345, 'EUR'),
      refunded: money(12_345, 'EUR'),
    });
  });

  it('never pays back more than was taken, also when asked many times at once', async () => {
    const intent = await pay();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => underTest().gateway.refund(asked(intent, 5_000))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'GatewayRefused', code: 'refund_exceeds_captured' });
    expect(await underTest().gateway.getIntent(intent.reference)).toMatchObject({ refunded: money(10_000, 'EUR') });
  });

  it('does not pay back what was only reserved', async () => {
    const intent = await pay(underTest().methods.authorizes);
    await expect(underTest().gateway.refund(asked(intent, 1))).rejects.toMatchObject({ code: 'refund_exceeds_captured' });
  });

  it('means the same refund by the same key, and refuses the key for another', async () => {
    const intent = await pay();
    const request = asked(intent, 5_000);
    const answers = await Promise.all(Array.from({ length: 4 }, () => underTest().gateway.refund(request)));
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
    expect(await underTest().gateway.getIntent(intent.reference)).toMatchObject({ refunded: money(5_000, 'EUR') });
    await expect(underTest().gateway.refund({ ...request, amount: money(1, 'EUR') })).rejects.toMatchObject({ code: 'key_reused' });
  });

  it('tells of a refund that the bank declines; a new key is a new attempt', async () => {
    const intent = await pay(underTest().methods.refundsFail);
    const request = asked(intent, 5_000);
    const first = await underTest().gateway.refund(request);
    expect(first).toMatchObject({ status: 'failed', reasonCode: 'refund_declined', refundId: request.refundId });
    const second = await underTest().gateway.refund({ ...request, key: randomUUID() });
    expect(second).toMatchObject({ status: 'failed', refundId: request.refundId });
    expect(second.reference).not.toBe(first.reference);
    expect(await underTest().gateway.getIntent(intent.reference)).toMatchObject({ refunded: money(0, 'EUR') });
  });

  it('knows no intent and no refund that does not exist', async () => {
    await expect(underTest().gateway.refund({ ...asked(await pay(), 1), reference: 'int_none' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(underTest().gateway.getRefund('ref_none')).rejects.toMatchObject({ code: 'not_found' });
  });
}
