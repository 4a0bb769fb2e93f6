import { money } from '@tillroll/kernel';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';
import { textLike } from './matchers';

export function creatingContract(underTest: () => GatewayUnderTest): void {
  const create = (...[method, more]: Parameters<typeof someIntent>) => underTest().gateway.createIntent(someIntent(method, more));

  it('takes the money at once, and carries the ids of the shop', async () => {
    const asked = someIntent(underTest().methods.captures);
    expect(await underTest().gateway.createIntent(asked)).toEqual({
      reference: textLike(/./),
      paymentId: asked.paymentId,
      orderId: asked.orderId,
      method: asked.method,
      status: 'captured',
      amount: asked.amount,
      captured: asked.amount,
      refunded: money(0, 'EUR'),
      time: textLike(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('answers a declined card with a failed intent in our words', async () => {
    expect(await create(underTest().methods.declines)).toMatchObject({
      status: 'failed',
      reasonCode: 'card_declined',
      retryable: true,
      captured: money(0, 'EUR'),
    });
    expect(await create(underTest().methods.lacksFunds)).toMatchObject({ status: 'failed', reasonCode: 'insufficient_funds' });
  });

  it('reserves the money when the method does, or when asked to', async () => {
    expect(await create(underTest().methods.authorizes)).toMatchObject({ status: 'authorized', captured: money(0, 'EUR') });
    expect(await create(underTest().methods.captures, { captureLater: true })).toMatchObject({ status: 'authorized' });
  });

  it.each([
    ['approve', { status: 'captured', captured: money(12_345, 'EUR') }],
    ['decline', { status: 'failed', reasonCode: 'card_declined' }],
  ] as const)('sends the customer to a page, where they %s', async (outcome, expected) => {
    const intent = await create(underTest().methods.redirects);
    expect(intent).toMatchObject({
      status: 'requires_action',
      nextAction: { type: 'redirect', url: textLike(/^https?:\/\//), expiresAt: textLike(/Z$/) },
    });
    await underTest().customerAnswers(intent, outcome);
    const after = await underTest().gateway.getIntent(intent.reference);
    expect(after).toMatchObject(expected);
    expect(after).not.toHaveProperty('nextAction');
  });

  it('means the same intent by the same key, also when asked many times at once', async () => {
    const asked = someIntent(underTest().methods.captures);
    const answers = await Promise.all(Array.from({ length: 8 }, () => underTest().gateway.createIntent(asked)));
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
    expect((await underTest().gateway.listIntents({ orderId: asked.orderId })).intents).toHaveLength(1);
  });

  it('means the same declined intent by the same key', async () => {
    const asked = someIntent(underTest().methods.declines);
    const first = await underTest().gateway.createIntent(asked);
    expect(await underTest().gateway.createIntent(asked)).toEqual(first);
  });

  it('refuses a key that was used for another request', async () => {
    const asked = someIntent(underTest().methods.captures);
    await underTest().gateway.createIntent(asked);
    await expect(underTest().gateway.createIntent({ ...asked, amount: money(1, 'EUR') })).rejects.toMatchObject({
      name: 'GatewayRefused',
      code: 'key_reused',
    });
  });

  it('refuses a method that it does not know', () =>
    expect(create('card_of_my_uncle')).rejects.toMatchObject({ name: 'GatewayRefused', code: 'unsupported_method' }));

  it.each([
    ['less than nothing', { amount: money(-1, 'EUR') }],
    ['a return address that is none', { returnUrl: 'javascript:alert(1)' }],
  ])('refuses %s', (_, more) =>
    expect(create(underTest().methods.redirects, more)).rejects.toMatchObject({ name: 'GatewayRefused', code: 'invalid_request' }));
}
