import { type Clock, DomainError, uuid5 } from '@tillroll/kernel';
import type { Aggregates, Cause } from '@tillroll/processing';
import type { GatewayNotification } from '../gateway/port';
import { paymentType, webhookId, webhookType } from '../payment-types';
import { intentReferenceIn, paymentIdIn } from '../write/webhook';
import type { GatewayConversation } from './gateway-conversation';

export interface WebhookIntakeOptions {
  readonly aggregates: Aggregates;
  readonly conversation: GatewayConversation;
  readonly clock: Clock;
}

/** Webhooks are news, not truth: they make the shop ask the provider. */
export class WebhookIntake {
  constructor(private readonly options: WebhookIntakeOptions) {}

  /** Keeps a genuine webhook; one that came before changes nothing. */
  async receive(notification: GatewayNotification, cause: Cause): Promise<void> {
    const { aggregates, clock } = this.options;
    const id = webhookId(notification.provider, notification.eventId);
    await aggregates.execute(webhookType, id, { type: 'ReceiveWebhook', notification, at: clock.now() }, cause);
  }

  /** Acts on a kept webhook. What cannot be looked up yet is put off, so that nothing is lost and nothing is stuck. */
  async act(id: string, cause: Cause): Promise<void> {
    const { aggregates, clock } = this.options;
    const { state } = await aggregates.load(webhookType, id);
    if (state.status !== 'received') return;
    const reason = await this.follow(state.notification, cause);
    if (reason !== undefined) await aggregates.execute(webhookType, id, { type: 'DeferWebhook', reason, at: clock.now() }, cause);
    else if (state.attempts > 0) await aggregates.execute(webhookType, id, { type: 'RecordWebhookFollowed' }, cause);
  }

  /** Why it has to be put off. */
  private async follow(notification: GatewayNotification, cause: Cause): Promise<'unknown_payment' | 'unanswered' | undefined> {
    const paymentId = paymentIdIn(notification);
    if (paymentId === undefined) return undefined;
    if (!(await this.compare(paymentId, notification, cause))) return 'unknown_payment';
    const reference = intentReferenceIn(notification);
    const talk = await this.options.conversation.hold(paymentId, cause, reference === undefined ? {} : { reference });
    return talk.unanswered.length > 0 ? 'unanswered' : undefined;
  }

  /** False for a payment that is not known yet. */
  private async compare(paymentId: string, notification: GatewayNotification, cause: Cause): Promise<boolean> {
    const { aggregates } = this.options;
    if (notification.about !== 'intent') return (await aggregates.load(paymentType, paymentId)).state.status !== 'none';
    try {
      // A command of its own: the webhook's stream takes one with the same cause, and events of two streams must not have one id.
      const own = { ...cause, commandId: uuid5(cause.commandId, 'compare') };
      await aggregates.execute(paymentType, paymentId, { type: 'CompareReportedAmount', intent: notification.intent }, own);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not_found') return false;
      throw error;
    }
  }
}
