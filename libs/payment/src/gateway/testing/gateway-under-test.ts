import { money } from '@tillroll/kernel';
import { randomUUID } from 'node:crypto';
import type { CreateIntent, GatewayIntent, GatewayNotification, PaymentGateway, WebhookHeaders } from '../port';

/** A message of the provider as it came over the network. */
export interface ReceivedWebhook {
  readonly headers: WebhookHeaders;
  readonly rawBody: Buffer;
}

/** An adapter, and what stands in for the people and networks around it. */
export interface GatewayUnderTest {
  readonly gateway: PaymentGateway;
  /** The provider's test methods with these outcomes. */
  readonly methods: {
    readonly captures: string;
    readonly declines: string;
    readonly lacksFunds: string;
    readonly redirects: string;
    readonly authorizes: string;
    readonly refundsFail: string;
  };
  /** What the customer does at the address of the intent's next action. */
  customerAnswers(intent: GatewayIntent, outcome: 'approve' | 'decline'): Promise<void>;
  /** Waits for a genuine message of the provider about which the predicate holds. */
  webhook(wanted: (notification: GatewayNotification) => boolean): Promise<ReceivedWebhook>;
  /** The same adapter, set up for a provider that nobody can reach. */
  unreachable(): PaymentGateway;
  close(): Promise<void>;
}

/** A request of its own payment and order. */
export const someIntent = (method: string, more: Partial<CreateIntent> = {}): CreateIntent => ({
  paymentId: randomUUID(),
  orderId: randomUUID(),
  amount: money(12_345, 'EUR'),
  method,
  returnUrl: 'https://shop.example/return',
  gatewayKey: randomUUID(),
  ...more,
});
