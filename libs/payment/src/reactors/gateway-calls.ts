import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { order, payment } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { causedBy } from '@tillroll/processing';
import { GatewayConversation } from '../conversation/gateway-conversation';

const CONSUMER = 'payment.gateway-calls';

/** Talks to the provider as soon as there is something to tell it, about one payment in one place at a time. */
@Controller()
export class GatewayCalls {
  constructor(@Inject(GatewayConversation) private readonly conversation: GatewayConversation) {}

  @EventPattern(
    [
      order.OrderPaymentAskedAgain.type,
      payment.PaymentInitiated.type,
      payment.PaymentVoidRequested.type,
      payment.PaymentCaptureRequested.type,
      payment.RefundRequested.type,
      payment.RefundRetryRequested.type,
    ],
    { consumer: CONSUMER },
  )
  async talk(@Payload() event: BusEvent): Promise<void> {
    const { paymentId } = event.data as { readonly paymentId: string };
    const cause = causedBy(event, CONSUMER);
    const talk = await this.conversation.hold(paymentId, cause);
    await this.conversation.askAgainWhatWasNotAnswered(paymentId, talk, cause);
  }
}
