import { systemClock } from '@tillroll/kernel';
import type { GatewayUnderTest } from '@tillroll/payment/gateway/testing/gateway-under-test';
import { paymentGatewayContract } from '@tillroll/payment/gateway/testing/payment-gateway-contract';
import { sandboxPaymentGateway } from '@tillroll/payment/gateway/sandbox-payment-gateway';
import { KEY, runSandbox, temporaryDirectory, WEBHOOK_SECRET } from './running-sandbox';
import { webhookReceiver } from './webhook-receiver';

jest.setTimeout(60_000);

paymentGatewayContract('sandbox', async (): Promise<GatewayUnderTest> => {
  const directory = temporaryDirectory();
  const receiver = await webhookReceiver();
  const sandbox = await runSandbox({ dataDirectory: directory.path, webhook: { url: () => receiver.url, secret: WEBHOOK_SECRET } });
  const adapter = (baseUrl: string) => sandboxPaymentGateway({ baseUrl, apiKey: KEY, webhookSecret: WEBHOOK_SECRET, clock: systemClock });
  const gateway = adapter(`${sandbox.url}/sandbox/v1`);
  return {
    gateway,
    methods: {
      captures: 'card_ok',
      declines: 'card_declined',
      lacksFunds: 'card_insufficient_funds',
      redirects: 'card_redirect',
      authorizes: 'card_authorize',
      refundsFail: 'card_refund_fails',
    },
    async customerAnswers({ nextAction }, outcome) {
      expect((await sandbox.client.press(nextAction?.url ?? '', outcome)).status).toBe(303);
    },
    async webhook(wanted) {
      const [delivery] = await receiver.received(({ headers, rawBody }) => wanted(gateway.verifyWebhook(headers, rawBody)));
      if (delivery === undefined) throw new Error('nothing received');
      return delivery;
    },
    unreachable: () => adapter('http://127.0.0.1:1/sandbox/v1'),
    async close() {
      await gateway.close();
      await sandbox.close();
      await receiver.close();
      directory.remove();
    },
  };
});
