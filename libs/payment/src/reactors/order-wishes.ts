import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, order } from '@tillroll/contracts';
import { type BusEvent, TryAgainLater } from '@tillroll/event-bus';
import { AGGREGATES, type Aggregates, causedBy } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/port';
import { paymentType } from '../payment-types';
import { PAYABLE_ORDERS, type PayableOrder } from '../read/payable-orders-projection';
import type { PaymentCommand } from '../write/payment-commands';

const CONSUMER = 'payment.order-wishes';
/** One consumer for all that orders ask, so that the wishes of one order are handled in their order. */
const by = { consumer: CONSUMER };

/** Records in the payment's own stream what its order asks for. */
@Controller()
export class OrderWishes {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
  ) {}

  @EventPattern(order.OrderPaymentRequested.type, by)
  async initiate(@Payload() event: BusEvent<DataOf<typeof order.OrderPaymentRequested>>): Promise<void> {
    const { provider } = this.gateway;
    await this.decide(event, event.data.paymentId, { type: 'InitiatePayment', ...event.data, provider });
  }

  @EventPattern(order.OrderVoidRequired.type, by)
  async void(@Payload() event: BusEvent<DataOf<typeof order.OrderVoidRequired>>): Promise<void> {
    await this.decide(event, event.data.paymentId, { type: 'RequestVoid', at: Date.parse(event.time) });
  }

  @EventPattern(order.OrderRefundRequired.type, by)
  async payBack(@Payload() event: BusEvent<DataOf<typeof order.OrderRefundRequired>>): Promise<void> {
    const { paymentId, refundId, amount, reason } = event.data;
    await this.decide(event, paymentId, { type: 'RequestRefund', refundId, amount, reason, at: Date.parse(event.time), orWhatIsLeft: true });
  }

  @EventPattern(order.OrderShipped.type, by)
  async capture(@Payload() event: BusEvent<DataOf<typeof order.OrderShipped>>): Promise<void> {
    const { orderId } = event.data;
    const confirmed = await this.readModels.get<PayableOrder>(PAYABLE_ORDERS, orderId);
    if (confirmed?.paymentId === undefined) throw new TryAgainLater(`the payment of order ${orderId} is not listed yet`);
    await this.decide(event, confirmed.paymentId, { type: 'RequestCapture' });
  }

  private async decide(event: BusEvent<unknown>, paymentId: string, command: PaymentCommand): Promise<void> {
    await this.aggregates.execute(paymentType, paymentId, command, causedBy(event as BusEvent, CONSUMER));
  }
}
