import { money } from '@tillroll/kernel';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';

export function capturingContract(underTest: () => GatewayUnderTest): void {
  const create = (method: string) => underTest().gateway.createIntent(someIntent(method));

  it('captures what was reserved, once', async () => {
    const { reference } = await create(underTest().methods.authorizes);
    const captured = await underTest().gateway.capture(reference, `capture ${reference}`);
    expect(captured).toMatchObject({ reference, status: 'captured', captured: money(12_345, 'EUR') });
    expect(await underTest().gateway.capture(reference, `capture ${reference}`)).toEqual(captured);
    expect(await underTest().gateway.getIntent(reference)).toEqual(captured);
  });

  it('does not capture what was declined or given up', async () => {
    const { reference } = await create(underTest().methods.declines);
    await expect(underTest().gateway.capture(reference, 'k')).rejects.toMatchObject({
      name: 'GatewayRefused',
      code: 'not_capturable',
      intent: { reference, status: 'failed' },
    });
  });

  it.each(['redirects', 'authorizes'] as const)('gives up an intent that %s', async (method) => {
    const { reference } = await create(underTest().methods[method]);
    const canceled = await underTest().gateway.cancel(reference, `cancel ${reference}`);
    expect(canceled).toMatchObject({ status: 'canceled', reasonCode: 'canceled', captured: money(0, 'EUR') });
    expect(await underTest().gateway.cancel(reference, `cancel ${reference}`)).toEqual(canceled);
    await expect(underTest().gateway.capture(reference, 'k')).rejects.toMatchObject({ code: 'not_capturable' });
  });

  it('does not give up what is captured, and says so', async () => {
    const captured = await create(underTest().methods.captures);
    await expect(underTest().gateway.cancel(captured.reference, 'k')).rejects.toMatchObject({
      name: 'GatewayRefused',
      code: 'not_cancelable',
      intent: captured,
    });
  });

  it('has one winner when capturing and canceling race', async () => {
    const { reference } = await create(underTest().methods.authorizes);
    const outcomes = await Promise.allSettled([
      underTest().gateway.capture(reference, `capture ${reference}`),
      underTest().gateway.cancel(reference, `cancel ${reference}`),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('knows no intent that does not exist', async () => {
    await expect(underTest().gateway.capture('int_none', 'k')).rejects.toMatchObject({ code: 'not_found' });
    await expect(underTest().gateway.cancel('int_none', 'k')).rejects.toMatchObject({ code: 'not_found' });
  });
}
