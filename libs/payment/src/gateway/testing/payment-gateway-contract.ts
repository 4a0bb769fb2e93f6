import type { GatewayUnderTest } from './gateway-under-test';
import { capturingContract } from './capturing-contract';
import { creatingContract } from './creating-contract';
import { findingContract } from './finding-contract';
import { refundingContract } from './refunding-contract';
import { unavailabilityContract } from './unavailability-contract';
import { webhooksContract } from './webhooks-contract';

/** What every adapter of the `PaymentGateway` promises, for its test to call. The account may hold other intents. */
export function paymentGatewayContract(name: string, open: () => Promise<GatewayUnderTest>): void {
  describe(`payment gateway: ${name}`, () => {
    let opened: GatewayUnderTest | undefined;
    const underTest = (): GatewayUnderTest => {
      if (opened === undefined) throw new Error('the gateway is not open');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => await opened?.close());

    describe('creating an intent', () => creatingContract(underTest));
    describe('finding intents', () => findingContract(underTest));
    describe('capturing and canceling', () => capturingContract(underTest));
    describe('refunding', () => refundingContract(underTest));
    describe('webhooks', () => webhooksContract(underTest));
    describe('a provider out of reach', () => unavailabilityContract(underTest));
  });
}
