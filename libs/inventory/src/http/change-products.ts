import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AGGREGATES, type Aggregates, type Cause, type Outcome } from '@tillroll/processing';
import { productType, stockType } from '../aggregate-types';
import { productResource, productVersion, type ProductResource } from '../read/product-resource';
import type { ProductChange, ProductDetails, Product, ProductEvent } from '../write/product';
import { refuseUnknownProduct } from './unknown-product';
import { availableIn } from '../write/stock-state';

export interface ShownProduct {
  readonly product: ProductResource;
  /** For the ETag. */
  readonly version: number;
}

export class CreateProduct extends Command<ShownProduct> {
  constructor(
    readonly details: Omit<ProductDetails, 'onSale'>,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(CreateProduct)
export class CreateProductHandler implements ICommandHandler<CreateProduct, ShownProduct> {
  constructor(@Inject(AGGREGATES) private readonly aggregates: Aggregates) {}

  async execute({ details, cause }: CreateProduct): Promise<ShownProduct> {
    const outcome = await this.aggregates.execute(productType, details.productId, { type: 'CreateProduct', details }, cause);
    return shown(this.aggregates, details.productId, outcome);
  }
}

export class ChangeProduct extends Command<ShownProduct> {
  constructor(
    readonly productId: string,
    readonly change: ProductChange,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangeProduct)
export class ChangeProductHandler implements ICommandHandler<ChangeProduct, ShownProduct> {
  constructor(@Inject(AGGREGATES) private readonly aggregates: Aggregates) {}

  async execute({ productId, change, cause }: ChangeProduct): Promise<ShownProduct> {
    const outcome = await this.aggregates.execute(productType, productId, { type: 'ChangeProduct', productId, change }, cause);
    return shown(this.aggregates, productId, outcome);
  }
}

/** As the command left it, also when it was given before. */
async function shown(aggregates: Aggregates, productId: string, { state, events, revision }: Outcome<Product, ProductEvent>): Promise<ShownProduct> {
  const details = events.at(-1) ?? (state.status === 'created' ? state.details : refuseUnknownProduct(productId));
  const stock = await aggregates.load(stockType, productId);
  return { product: productResource(details, availableIn(stock.state)), version: productVersion(revision, stock.revision) };
}
