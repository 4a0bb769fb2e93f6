import { randomUUID } from 'node:crypto';
import { money } from '@tillroll/kernel';
import { type GatewayIntent, type GatewayNotification, InvalidSignature } from '../port';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';
import { textLike } from './matchers';

export function webhooksContract(underTest: () => GatewayUnderTest): void {
  const create = (method: string) => underTest().gateway.createIntent(someIntent(method));
  const about =
    ({ reference }: GatewayIntent, status: string) =>
    (notification: GatewayNotification): boolean =>
      notification.about === 'intent' && notification.intent.reference === reference && notification.intent.status === status;

  it.each([
    ['captures', 'captured'],
    ['declines', 'failed'],
    ['authorizes', 'authorized'],
  ] as const)('tells of an intent that %s', async (method, status) => {
    const intent = await create(underTest().methods[method]);
    const { headers, rawBody } = await underTest().webhook(about(intent, status));
    expect(underTest().gateway.verifyWebhook(headers, rawBody)).toEqual({
      provider: underTest().gateway.provider,
      eventId: textLike(/./),
      type: textLike(/./),
      time: textLike(/Z$/),
      about: 'intent',
      intent,
    });
    expect(underTest().gateway.verifyWebhook(headers, rawBody.toString())).toEqual(underTest().gateway.verifyWebhook(headers, rawBody));
  });

  it.each([
    ['approve', 'captured'],
    ['decline', 'failed'],
  ] as const)('tells that the customer chose to %s', async (outcome, status) => {
    const intent = await create(underTest().methods.redirects);
    await underTest().customerAnswers(intent, outcome);
    const { headers, rawBody } = await underTest().webhook(about(intent, status));
    expect(underTest().gateway.verifyWebhook(headers, rawBody)).toMatchObject({ intent: { paymentId: intent.paymentId, status } });
  });

  it('tells of an intent captured or given up on request', async () => {
    const [kept, dropped] = [await create(underTest().methods.authorizes), await create(underTest().methods.authorizes)];
    await underTest().gateway.capture(kept.reference, `capture ${kept.reference}`);
    await underTest().gateway.cancel(dropped.reference, `cancel ${dropped.reference}`);
    await underTest().webhook(about(kept, 'captured'));
    await underTest().webhook(about(dropped, 'canceled'));
  });

  it.each([
    ['captures', 'succeeded'],
    ['refundsFail', 'failed'],
  ] as const)('tells of a refund where the method %s', async (method, status) => {
    const { reference } = await create(underTest().methods[method]);
    const refund = await underTest().gateway.refund({ reference, refundId: randomUUID(), amount: money(1, 'EUR'), key: randomUUID() });
    const { headers, rawBody } = await underTest().webhook(
      (notification) => notification.about === 'refund' && notification.refund.reference === refund.reference,
    );
    expect(refund.status).toBe(status);
    expect(underTest().gateway.verifyWebhook(headers, rawBody)).toMatchObject({ about: 'refund', refund });
  });

  it('recognises a message that was changed on its way', async () => {
    const intent = await create(underTest().methods.captures);
    const { headers, rawBody } = await underTest().webhook(about(intent, 'captured'));
    const changed = Buffer.from(rawBody.toString().replace('12345', '12346'));
    expect(() => underTest().gateway.verifyWebhook(headers, changed)).toThrow(InvalidSignature);
    expect(() => underTest().gateway.verifyWebhook({}, rawBody)).toThrow(InvalidSignature);
    for (const name of Object.keys(headers).filter((header) => header.includes('signature'))) {
      const forged = { ...headers, [name]: String(headers[name]).replace(/.{6}=$/, 'AAAAAA=') };
      expect(() => underTest().gateway.verifyWebhook(forged, rawBody)).toThrow(InvalidSignature);
    }
  });
}
