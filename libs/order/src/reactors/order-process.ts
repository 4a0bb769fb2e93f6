import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { cart, customer, type DataOf, inventory, order, payment } from '@tillroll/contracts';
import { type BusEvent, TryAgainLater } from '@tillroll/event-bus';
import { READ_GATE, type ReadGate } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, causedBy, CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { checkoutRefusalOf, paymentCommandOf, refundCommandOf, rejectionOf } from '../automation/order-policy';
import { pendingOrdersOf } from '../automation/pending-orders';
import { checkoutType, orderType } from '../order-types';
import type { OrderCommand } from '../write/order-commands';
import { isPlaced } from '../write/order-state';

const CONSUMER = 'order.process';
const by = { consumer: CONSUMER };

/** Carries what the other contexts answer into the streams of orders and checkouts. */
@Controller()
export class OrderProcess {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @EventPattern(cart.CartLocked.type, by)
  async placeOrder(@Payload() event: BusEvent<DataOf<typeof cart.CartLocked>>): Promise<void> {
    const { orderId, customerId, cartId, lines, total, lockedUntil } = event.data;
    const { state: checkout } = await this.aggregates.load(checkoutType, orderId);
    const { state: present } = await this.aggregates.load(orderType, orderId);
    if (checkout.status !== 'requested' || isPlaced(present)) return;
    const at = this.clock.now();
    if (at >= Date.parse(lockedUntil)) {
      await this.refuseCheckout(event, orderId, { code: 'service_unavailable', detail: {} });
      return;
    }
    const { requestId } = checkout;
    const { paymentWindowMs } = this.settings;
    await this.decide(event, orderId, { type: 'PlaceOrder', requestId, orderId, customerId, cartId, lines, total, address: checkout.address, at, paymentWindowMs });
  }

  @EventPattern(cart.CartLockRefused.type, by)
  async refuse(@Payload() event: BusEvent<DataOf<typeof cart.CartLockRefused>>): Promise<void> {
    await this.refuseCheckout(event, event.data.orderId, checkoutRefusalOf(event.data));
  }

  @EventPattern(inventory.ReservationHeld.type, by)
  async recordHeld(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationHeld>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RecordStockHeld' });
  }

  @EventPattern(inventory.ReservationRefused.type, by)
  async reject(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationRefused>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RejectOrder', ...rejectionOf(event.data) });
  }

  @EventPattern(order.OrderRejected.type, by)
  async answerRejected(@Payload() event: BusEvent<DataOf<typeof order.OrderRejected>>): Promise<void> {
    const { orderId, code, detail } = event.data;
    if (code === 'checkout_timed_out') return this.endCheckout(event, orderId);
    await this.refuseCheckout(event, orderId, { code, detail: { ...detail, orderId } });
  }

  /** Whoever asked for the order is shown what became of it. */
  @EventPattern([order.OrderCanceled.type, order.OrderExpired.type], by)
  async endWithOrder(@Payload() event: BusEvent<DataOf<typeof order.OrderExpired>>): Promise<void> {
    await this.endCheckout(event, event.data.orderId);
  }

  @EventPattern(cart.CartCheckedOut.type, by)
  async completeCheckout(@Payload() event: BusEvent<DataOf<typeof cart.CartCheckedOut>>): Promise<void> {
    await this.aggregates.execute(checkoutType, event.data.orderId, { type: 'CompleteCheckout' }, causedBy(event, CONSUMER));
  }

  @EventPattern(cart.CartCheckOutRefused.type, by)
  async giveUp(@Payload() event: BusEvent<DataOf<typeof cart.CartCheckOutRefused>>): Promise<void> {
    const { orderId } = event.data;
    await this.decide(event, orderId, { type: 'CancelIfPending', reason: 'cart_taken_over' });
    await this.refuseCheckout(event, orderId, { code: 'cart_locked', detail: { retryAfterMs: 1000, orderId } });
  }

  @EventPattern(inventory.ReservationCommitted.type, by)
  async recordCommitted(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationCommitted>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RecordStockCommitted' });
  }

  @EventPattern(inventory.ReservationReleased.type, by)
  async recordReleased(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationReleased>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RecordStockReleased' });
  }

  @EventPattern(inventory.ReservationExpired.type, by)
  async recordReservationExpired(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationExpired>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RecordStockReleased' });
  }

  @EventPattern(inventory.ReservationLost.type, by)
  async recordLost(@Payload() event: BusEvent<DataOf<typeof inventory.ReservationLost>>): Promise<void> {
    await this.decide(event, event.data.orderId, { type: 'RecordStockLost' });
  }

  @EventPattern([payment.PaymentActionRequired.type, payment.PaymentProcessing.type, payment.PaymentAuthorized.type, payment.PaymentCaptured.type, payment.PaymentFailed.type, payment.PaymentVoided.type, payment.PaymentExpired.type], by)
  async recordPayment(@Payload() event: BusEvent): Promise<void> {
    const command = paymentCommandOf(event);
    await this.decide(event, command.orderId, command.command);
  }

  @EventPattern([payment.RefundRequested.type, payment.RefundPending.type, payment.RefundSucceeded.type, payment.RefundFailed.type, payment.RefundNeedsAttention.type], by)
  async recordRefund(@Payload() event: BusEvent): Promise<void> {
    const command = refundCommandOf(event);
    await this.decide(event, command.orderId, command.command);
  }

  @EventPattern(customer.ForgetRequested.type, by)
  async cancelPending(@Payload() event: BusEvent<DataOf<typeof customer.ForgetRequested>>): Promise<void> {
    const { customerId } = event.data;
    if (!(await this.readGate.caughtUp(event.position, 10_000))) throw new TryAgainLater(`the orders of customer ${customerId} are not listed yet`);
    for await (const orderIds of pendingOrdersOf(customerId, this.readModels))
      for (const orderId of orderIds) await this.decide(event, orderId, { type: 'CancelIfPending', reason: 'customer_forgotten' }, orderId);
  }

  private async decide(event: BusEvent<unknown>, orderId: string, command: OrderCommand, ...distinct: readonly string[]): Promise<void> {
    await this.aggregates.execute(orderType, orderId, command, causedBy(event as BusEvent, CONSUMER, ...distinct));
  }

  private async endCheckout(event: BusEvent<unknown>, orderId: string): Promise<void> {
    await this.aggregates.execute(checkoutType, orderId, { type: 'EndCheckout' }, causedBy(event as BusEvent, CONSUMER, 'checkout'));
  }

  private async refuseCheckout(event: BusEvent<unknown>, orderId: string, refusal: { code: string; detail: Readonly<Record<string, unknown>> }): Promise<void> {
    await this.aggregates.execute(checkoutType, orderId, { type: 'RefuseCheckout', refusal }, causedBy(event as BusEvent, CONSUMER, 'checkout'));
  }
}
