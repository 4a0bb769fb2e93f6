import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { notFound, READ_GATE, type ReadGate } from '@tillroll/http';
import { type Clock, type Money, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { paymentType } from '../payment-types';
import { type RefundDocument, REFUNDS } from '../read/refunds-projection';
import { isKnown, type Payment } from '../write/payment-state';
import type { Refund } from '../write/refund-state';
import { orderHasLearnedOf } from './order-has-learned';

export interface RefundAnswer {
  readonly paymentId: string;
  readonly refund: Refund;
  readonly revision: number;
}

export class RefundPayment extends Command<RefundAnswer> {
  constructor(
    readonly paymentId: string,
    readonly amount: Money,
    readonly reason: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

export class RetryRefund extends Command<RefundAnswer> {
  constructor(
    readonly refundId: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** How long the provider may take before the caller is told that the refund is under way. */
const PATIENCE_MS = 2000;

@CommandHandler(RefundPayment)
export class RefundPaymentHandler implements ICommandHandler<RefundPayment, RefundAnswer> {
  constructor(
    @Inject(AGGREGATES) readonly aggregates: Aggregates,
    @Inject(READ_MODELS) readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ paymentId, amount, reason, cause }: RefundPayment): Promise<RefundAnswer> {
    const refundId = uuid5(cause.commandId, 'refund');
    await this.aggregates.execute(paymentType, paymentId, { type: 'RequestRefund', refundId, amount, reason, at: this.clock.now() }, cause);
    return answered(this, paymentId, refundId);
  }
}

@CommandHandler(RetryRefund)
export class RetryRefundHandler implements ICommandHandler<RetryRefund, RefundAnswer> {
  constructor(
    @Inject(AGGREGATES) readonly aggregates: Aggregates,
    @Inject(READ_MODELS) readonly readModels: ReadModels,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ refundId, cause }: RetryRefund): Promise<RefundAnswer> {
    const paymentId = await this.paymentOf(refundId);
    await this.aggregates.execute(paymentType, paymentId, { type: 'RetryRefund', refundId, by: 'admin', at: this.clock.now() }, cause);
    return answered(this, paymentId, refundId);
  }

  private async paymentOf(refundId: string): Promise<string> {
    await this.readGate.caughtUp(await this.readGate.head(), PATIENCE_MS);
    const refund = await this.readModels.get<RefundDocument>(REFUNDS, refundId);
    return refund?.paymentId ?? notFound();
  }
}

/** The refund as soon as the provider has answered, or as it is when the patience is over. */
async function answered(sources: { readonly aggregates: Aggregates; readonly readModels: ReadModels }, paymentId: string, refundId: string): Promise<RefundAnswer> {
  const { aggregates } = sources;
  const settled = await aggregates.until(paymentType, paymentId, (payment) => refundIn(payment, refundId)?.status !== 'requested', PATIENCE_MS);
  const { state, revision } = settled ?? (await aggregates.load(paymentType, paymentId));
  const refund = refundIn(state, refundId) ?? notFound();
  if (settled !== undefined) await orderHasLearnedOf(refund, paymentId, sources);
  return { paymentId, refund, revision };
}

const refundIn = (payment: Payment, id: string): Refund | undefined =>
  isKnown(payment) ? payment.refunds.find(({ refundId }) => refundId === id) : undefined;
