import { Inject, Injectable } from '@nestjs/common';
import type { Deadlines } from '@tillroll/processing';
import { checksOfPayments } from '../automation/deadlines-of-payments';
import { GatewayConversation } from '../conversation/gateway-conversation';
import { causeOf, type Due } from './cause-of-deadline';

/** Asks the provider by itself about a payment that it owes an answer on. */
@Injectable()
export class PaymentChecks implements Deadlines {
  readonly kind = 'payment.checks';
  readonly on = checksOfPayments;

  constructor(@Inject(GatewayConversation) private readonly conversation: GatewayConversation) {}

  async due(deadline: Due): Promise<void> {
    const cause = causeOf(this.kind, deadline);
    const talk = await this.conversation.hold(deadline.key, cause);
    await this.conversation.askAgainWhatWasNotAnswered(deadline.key, talk, cause);
    await this.conversation.askAgainWhatIsUnchanged(deadline.key, talk, cause);
  }
}
