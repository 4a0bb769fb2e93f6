import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { productType, stockType } from '../aggregate-types';
import { type StockResource, stockResource } from '../read/stock-resource';
import type { Adjustment } from '../write/stock-commands';
import { refuseUnknownProduct } from './unknown-product';

export interface ShownStock {
  readonly stock: StockResource;
  /** Of the stock's stream; -1 before its first event. */
  readonly revision: number;
}

export class AdjustStock extends Command<ShownStock> {
  constructor(
    readonly productId: string,
    readonly adjustment: Adjustment,
    readonly reason: string,
    readonly cause: Cause,
    /** What `If-Match` asks for. */
    readonly expectedRevision: number | undefined,
  ) {
    super();
  }
}

@CommandHandler(AdjustStock)
export class AdjustStockHandler implements ICommandHandler<AdjustStock, ShownStock> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ productId, adjustment, reason, cause, expectedRevision }: AdjustStock): Promise<ShownStock> {
    const { state: product } = await this.aggregates.load(productType, productId);
    if (product.status === 'none') refuseUnknownProduct(productId);
    const { state, events, revision } = await this.aggregates.execute(
      stockType,
      productId,
      { type: 'AdjustStock', productId, adjustment, reason, at: this.clock.now() },
      cause,
      expectedRevision === undefined ? {} : { expectedRevision },
    );
    const left = events.findLast((event) => event.type === 'StockAdjusted') ?? state;
    return { stock: stockResource(productId, left), revision };
  }
}
