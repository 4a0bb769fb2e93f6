import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@tillroll/http';
import { AGGREGATES, type Aggregates, type Cause, type Loaded } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData, sealedTexts } from '@tillroll/secrets';
import { orderType } from '../order-types';
import { attemptsOf, isCompensating, isPlaced, type Order, type PlacedOrder } from '../write/order-state';
import { hasUnfinishedRefund, isLive, unreturnedOf } from '../write/payment-attempt';
import { visibleOrder } from './own-order';

export class CancelOrder extends Command<CancelOrderAnswer> {
  constructor(
    readonly orderId: string,
    readonly reason: string,
    readonly note: string | undefined,
    readonly caller: Caller,
    readonly cause: Cause,
  ) {
    super();
  }
}

export interface CancelOrderAnswer {
  readonly order: Loaded<PlacedOrder>;
  /** A refund or a void is still under way. */
  readonly underWay: boolean;
}

const PATIENCE_MS = 2000;
/** In place of words about a customer who is forgotten: they cannot be sealed any more. */
const FORGOTTEN = 'customer_forgotten';

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder, CancelOrderAnswer> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async execute({ orderId, reason, note, caller, cause }: CancelOrder): Promise<CancelOrderAnswer> {
    const { customerId } = visibleOrder((await this.aggregates.load(orderType, orderId)).state, caller);
    const by = customerId === caller.customerId ? 'customer' : 'admin';
    const told = await sealedTexts(this.personalData, customerId, { reason, note });
    await this.aggregates.execute(orderType, orderId, { type: 'CancelOrder', reason: FORGOTTEN, ...told, by }, cause);
    const settled = await this.aggregates.until(orderType, orderId, isDone, PATIENCE_MS);
    const { state, revision } = settled ?? (await this.aggregates.load(orderType, orderId));
    const order = visibleOrder(state, caller);
    return { order: { state: order, revision }, underWay: moneyIsMoving(order) };
  }
}

const isDone = (order: Order): boolean => isPlaced(order) && !isCompensating(order);

const moneyIsMoving = (order: PlacedOrder): boolean =>
  attemptsOf(order).some((attempt) => isLive(attempt) || hasUnfinishedRefund(attempt) || unreturnedOf(attempt) > 0);
