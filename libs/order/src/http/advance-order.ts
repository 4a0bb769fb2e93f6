import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AGGREGATES, type Aggregates, type Cause, type Loaded } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData, sealedTexts } from '@tillroll/secrets';
import { orderType } from '../order-types';
import { isPlaced, type Order } from '../write/order-state';

export class AdvanceOrder extends Command<Loaded<Order>> {
  constructor(
    readonly orderId: string,
    readonly to: 'processing' | 'shipped' | 'delivered',
    readonly note: string | undefined,
    readonly tracking: string | undefined,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** A confirmed order gets its stock within moments; without it nothing can be shipped. */
const PATIENCE_MS = 2000;

@CommandHandler(AdvanceOrder)
export class AdvanceOrderHandler implements ICommandHandler<AdvanceOrder, Loaded<Order>> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async execute({ orderId, to, note, tracking, cause }: AdvanceOrder): Promise<Loaded<Order>> {
    if (to === 'shipped') await this.aggregates.until(orderType, orderId, (order) => !isPlaced(order) || order.stockStatus !== 'held', PATIENCE_MS);
    const { state } = await this.aggregates.load(orderType, orderId);
    const words = isPlaced(state) ? await sealedTexts(this.personalData, state.customerId, { note }) : {};
    const told = { ...words, ...(tracking === undefined ? {} : { tracking }) };
    return this.aggregates.execute(orderType, orderId, { type: 'AdvanceOrder', to, ...told }, cause);
  }
}
