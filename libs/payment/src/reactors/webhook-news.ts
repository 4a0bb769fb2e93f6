import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, payment } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { causedBy } from '@tillroll/processing';
import { WebhookIntake } from '../conversation/webhook-intake';
import { webhookId } from '../payment-types';

const CONSUMER = 'payment.webhook-news';

/** Acts on webhooks once they are kept. */
@Controller()
export class WebhookNews {
  constructor(@Inject(WebhookIntake) private readonly intake: WebhookIntake) {}

  @EventPattern(payment.WebhookReceived.type, { consumer: CONSUMER })
  async act(@Payload() event: BusEvent<DataOf<typeof payment.WebhookReceived>>): Promise<void> {
    const { provider, eventId } = event.data;
    await this.intake.act(webhookId(provider, eventId), causedBy(event, CONSUMER));
  }
}
