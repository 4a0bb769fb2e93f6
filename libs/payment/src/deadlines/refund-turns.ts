import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, CLOCK, type Deadlines } from '@tillroll/processing';
import { turnsOfRefunds } from '../automation/deadlines-of-payments';
import { GatewayConversation } from '../conversation/gateway-conversation';
import { paymentType } from '../payment-types';
import { causeOf, type Due } from './cause-of-deadline';

/** Tries failed refunds again, and asks about those that the provider has not answered. */
@Injectable()
export class RefundTurns implements Deadlines {
  readonly kind = 'payment.refund-turns';
  readonly on = turnsOfRefunds;

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(GatewayConversation) private readonly conversation: GatewayConversation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async due(deadline: Due): Promise<void> {
    const cause = causeOf(this.kind, deadline);
    const { paymentId } = deadline.data as { readonly paymentId: string };
    const retry = { type: 'RetryRefund', refundId: deadline.key, by: 'schedule', at: this.clock.now() } as const;
    const { events } = await this.aggregates.execute(paymentType, paymentId, retry, cause);
    if (events.length > 0) return;
    const talk = await this.conversation.hold(paymentId, cause);
    await this.conversation.askAgainWhatWasNotAnswered(paymentId, talk, cause);
    await this.conversation.askAgainWhatIsUnchanged(paymentId, talk, cause);
  }
}
