import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { PAYMENT_GATEWAY } from '@tillroll/payment';
import { paymentContext } from '@tillroll/service/contexts/payment';
import { openSandboxProvider } from '@tillroll/service/payment-provider';
import { runService } from '@tillroll/service/program/run-service';

runService({
  name: 'payment',
  // The provider is another process, which signs with it.
  needs: ['WEBHOOK_SECRET'],
  contexts: [paymentContext],
  async equip(parts) {
    const { gateway } = await openSandboxProvider(parts, () => parts.settings.sandboxUrl ?? parts.url());
    return { providers: [{ provide: PAYMENT_GATEWAY, useValue: gateway }] };
  },
});
