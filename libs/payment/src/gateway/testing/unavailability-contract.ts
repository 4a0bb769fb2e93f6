import { randomUUID } from 'node:crypto';
import { money } from '@tillroll/kernel';
import { GatewayUnavailable, type PaymentGateway } from '../port';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';

const reference = 'int_any';

const calls: readonly (readonly [string, (gateway: PaymentGateway) => Promise<unknown>])[] = [
  ['createIntent', (gateway) => gateway.createIntent(someIntent('any'))],
  ['getIntent', (gateway) => gateway.getIntent(reference)],
  ['listIntents', (gateway) => gateway.listIntents({})],
  ['capture', (gateway) => gateway.capture(reference, 'key')],
  ['cancel', (gateway) => gateway.cancel(reference, 'key')],
  ['refund', (gateway) => gateway.refund({ reference, refundId: randomUUID(), amount: money(1, 'EUR'), key: 'key' })],
  ['getRefund', (gateway) => gateway.getRefund(reference)],
];

export function unavailabilityContract(underTest: () => GatewayUnderTest): void {
  it.each(calls)('is no refusal: %s', async (_, call) => {
    const gateway = underTest().unreachable();
    await expect(call(gateway)).rejects.toBeInstanceOf(GatewayUnavailable);
    await gateway.close();
  });

  it('is what a call given up by its caller meets', async () => {
    const asked = someIntent(underTest().methods.captures);
    await expect(underTest().gateway.createIntent(asked, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(GatewayUnavailable);
    const controller = new AbortController();
    const call = underTest().gateway.createIntent(asked, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toBeInstanceOf(GatewayUnavailable);
    expect(await underTest().gateway.createIntent(asked)).toMatchObject({ status: 'captured' });
  });

  it('is what calls of a closed gateway meet', async () => {
    const gateway = underTest().unreachable();
    await gateway.close();
    await expect(gateway.getIntent(reference)).rejects.toBeInstanceOf(GatewayUnavailable);
  });
}
