import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@tillroll/http';
import { refuse } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, type Loaded } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { GatewayConversation } from '../conversation/gateway-conversation';
import { paymentType } from '../payment-types';
import type { KnownPayment } from '../write/payment-state';
import { orderHasLearned } from './order-has-learned';
import { visiblePayment } from './visible-payment';

/** The browser has come back: the provider is asked now. */
export class SyncPayment extends Command<Loaded<KnownPayment>> {
  constructor(
    readonly paymentId: string,
    readonly caller: Caller,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(SyncPayment)
export class SyncPaymentHandler implements ICommandHandler<SyncPayment, Loaded<KnownPayment>> {
  constructor(
    @Inject(AGGREGATES) readonly aggregates: Aggregates,
    @Inject(READ_MODELS) readonly readModels: ReadModels,
    @Inject(GatewayConversation) private readonly conversation: GatewayConversation,
  ) {}

  async execute({ paymentId, caller, cause }: SyncPayment): Promise<Loaded<KnownPayment>> {
    visiblePayment((await this.aggregates.load(paymentType, paymentId)).state, caller);
    const { unanswered } = await this.conversation.hold(paymentId, cause, {});
    if (unanswered.length > 0) return refuse('gateway_unavailable');
    await orderHasLearned(paymentId, this);
    const { state, revision } = await this.aggregates.load(paymentType, paymentId);
    return { state: visiblePayment(state, caller), revision };
  }
}
