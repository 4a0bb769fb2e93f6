import { randomBytes } from 'node:crypto';
import { type PaymentGateway, sandboxPaymentGateway } from '@tillroll/payment';
import type { SecretStore } from '@tillroll/secrets';
import type { EquippingParts } from './start-service';

export interface SandboxProvider {
  readonly gateway: PaymentGateway;
  /** What the provider signs its messages with. */
  readonly webhookSecret: string;
}

/** The way to the stand-in payment provider that answers under `<address>/sandbox`. */
export async function openSandboxProvider({ engines, settings, clock, closing }: EquippingParts, address: () => string): Promise<SandboxProvider> {
  const webhookSecret = settings.webhookSecret ?? (await keptWebhookSecret(engines.secrets));
  const gateway = sandboxPaymentGateway({ baseUrl: () => `${address()}/sandbox/v1`, apiKey: settings.sandboxKey, webhookSecret, clock });
  closing.defer(() => gateway.close());
  return { gateway, webhookSecret };
}

async function keptWebhookSecret(secrets: SecretStore): Promise<string> {
  const secret = await secrets.putIfAbsent('payment/webhook-secret', randomBytes(24));
  return `whsec_${secret.toString('base64')}`;
}
