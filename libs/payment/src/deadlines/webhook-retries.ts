import { Inject, Injectable } from '@nestjs/common';
import { type DataOf, payment } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DeadlineChange, Deadlines } from '@tillroll/processing';
import { WebhookIntake } from '../conversation/webhook-intake';
import { webhookId } from '../payment-types';
import { causeOf, type Due } from './cause-of-deadline';

function over(event: BusEvent): readonly DeadlineChange[] {
  const { provider, eventId } = event.data as DataOf<typeof payment.WebhookFollowed>;
  return [{ key: webhookId(provider, eventId) }];
}

/** Acts again on webhooks that came too early, or while the provider did not answer. */
@Injectable()
export class WebhookRetries implements Deadlines {
  readonly kind = 'payment.webhook-retries';
  readonly on: Deadlines['on'] = {
    [payment.WebhookDeferred.type]: (event) => {
      const { provider, eventId, nextAttemptAt } = event.data as DataOf<typeof payment.WebhookDeferred>;
      return [{ key: webhookId(provider, eventId), at: Date.parse(nextAttemptAt) }];
    },
    [payment.WebhookFollowed.type]: over,
    [payment.WebhookGivenUp.type]: over,
  };

  constructor(@Inject(WebhookIntake) private readonly intake: WebhookIntake) {}

  async due(deadline: Due): Promise<void> {
    await this.intake.act(deadline.key, causeOf(this.kind, deadline));
  }
}
