import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@tillroll/http';
import { type Clock, type Money, refuse, uuid5, uuid7 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { orderType } from '../order-types';
import { attemptOf, hasFallenThrough, isPlaced, type Order, type PlacedOrder } from '../write/order-state';
import type { PaymentAttempt } from '../write/payment-attempt';
import { ownOrder } from './own-order';

export class InitiatePayment extends Command<InitiatePaymentAnswer> {
  constructor(
    readonly orderId: string,
    readonly amount: Money,
    readonly method: string,
    readonly returnUrl: string | undefined,
    readonly caller: Caller,
    readonly cause: Cause,
  ) {
    super();
  }
}

export interface InitiatePaymentAnswer {
  readonly attempt: PaymentAttempt;
  /** False: another attempt was live already and is what the answer shows. */
  readonly isNew: boolean;
}

/** How long the provider may take to answer before the caller is told to come back. */
const PATIENCE_MS = 3000;

@CommandHandler(InitiatePayment)
export class InitiatePaymentHandler implements ICommandHandler<InitiatePayment, InitiatePaymentAnswer> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ orderId, amount, method, returnUrl, caller, cause }: InitiatePayment): Promise<InitiatePaymentAnswer> {
    ownOrder((await this.aggregates.load(orderType, orderId)).state, caller);
    const ownPaymentId = uuid5(cause.commandId, 'payment');
    const { state, repeated } = await this.aggregates.execute(
      orderType,
      orderId,
      { type: 'StartPayment', paymentId: ownPaymentId, amount, method, ...(returnUrl === undefined ? {} : { returnUrl }), at: this.clock.now() },
      cause,
    );
    const { paymentId, status } = attemptFor(ownOrder(state, caller), ownPaymentId);
    if (status === 'created' && (repeated || paymentId !== ownPaymentId)) await this.askAgain(orderId, paymentId, cause);
    const answered = await this.aggregates.until(orderType, orderId, (order) => isAnswered(order, paymentId), PATIENCE_MS);
    if (answered === undefined) return refuseUnanswered((await this.aggregates.load(orderType, orderId)).state);
    const attempt = attemptFor(ownOrder(answered.state, caller), paymentId);
    if (attempt.status === 'failed') refuseDeclined(attempt);
    return { attempt, isNew: paymentId === ownPaymentId };
  }

  /** The provider may have been out of reach when the payment was first asked for: the next turn by schedule may be far. */
  private async askAgain(orderId: string, paymentId: string, { keyed: _, ...cause }: Cause): Promise<void> {
    const commandId = uuid7(this.clock.now());
    await this.aggregates.execute(orderType, orderId, { type: 'AskForPaymentAgain', paymentId }, { ...cause, commandId });
  }
}

function attemptFor(order: PlacedOrder, paymentId: string): PaymentAttempt {
  return attemptOf(order, paymentId) ?? refuse('order_not_payable', { from: order.status, allowed: [] });
}

const isAnswered = (order: Order, paymentId: string): boolean => isPlaced(order) && order.attempts[paymentId]?.status !== 'created';

/** An order that ended meanwhile will not be paid any more, whenever the provider answers. */
function refuseUnanswered(order: Order): never {
  if (isPlaced(order) && hasFallenThrough(order)) return refuse('order_not_payable', { from: order.status, allowed: [] });
  return refuse('gateway_unavailable');
}

function refuseDeclined({ paymentId, reasonCode = 'declined', retryable = true }: PaymentAttempt): never {
  return refuse('payment_declined', { paymentId, reasonCode, retryable, options: ['retry', 'cancel'] });
}
