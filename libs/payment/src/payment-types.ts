import type { AggregateType } from '@tillroll/processing';
import { payment } from './write/payment';
import type { PaymentCommand } from './write/payment-commands';
import type { PaymentEvent } from './write/payment-events';
import type { Payment } from './write/payment-state';
import { webhook, type Webhook, type WebhookCommand, type WebhookEvent } from './write/webhook';

export const paymentType: AggregateType<Payment, PaymentCommand, PaymentEvent> = { name: 'payment', decider: payment };

export const webhookType: AggregateType<Webhook, WebhookCommand, WebhookEvent> = { name: 'webhook', decider: webhook };

/** One message of a provider, however often it is delivered. */
export const webhookId = (provider: string, eventId: string): string => `${provider}~${eventId}`;
