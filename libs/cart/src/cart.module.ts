import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AGGREGATES, type Aggregates } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { CURRENT_CARTS, PRODUCT_KNOWLEDGE } from './cart-tokens';
import { CartController } from './http/cart.controller';
import { CheckCartHandler, GetCartHandler } from './http/cart-queries';
import { ChangeCartHandler } from './http/change-cart';
import { ShowCart } from './http/show-cart';
import { CartCheckouts } from './reactors/cart-checkouts';
import { CurrentCarts } from './queries/current-carts';
import { ProductKnowledge } from './queries/product-knowledge';

@Module({
  imports: [CqrsModule],
  controllers: [CartController, CartCheckouts],
  providers: [
    {
      provide: CURRENT_CARTS,
      useFactory: (aggregates: Aggregates, readModels: ReadModels) => new CurrentCarts(aggregates, readModels),
      inject: [AGGREGATES, READ_MODELS],
    },
    { provide: PRODUCT_KNOWLEDGE, useFactory: (readModels: ReadModels) => new ProductKnowledge(readModels), inject: [READ_MODELS] },
    ShowCart,
    ChangeCartHandler,
    GetCartHandler,
    CheckCartHandler,
  ],
})
export class CartModule {}
