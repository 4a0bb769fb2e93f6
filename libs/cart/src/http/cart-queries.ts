import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Clock } from '@tillroll/kernel';
import { CLOCK } from '@tillroll/processing';
import { CURRENT_CARTS, PRODUCT_KNOWLEDGE } from '../cart-tokens';
import { type CartCheck, checkCart } from '../read/cart-check';
import type { CurrentCarts } from '../queries/current-carts';
import type { ProductKnowledge } from '../queries/product-knowledge';
import { type ShownCart, ShowCart } from './show-cart';

export class GetCart extends Query<ShownCart> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(GetCart)
export class GetCartHandler implements IQueryHandler<GetCart, ShownCart> {
  constructor(
    @Inject(CURRENT_CARTS) private readonly carts: CurrentCarts,
    @Inject(ShowCart) private readonly show: ShowCart,
  ) {}

  async execute({ customerId }: GetCart): Promise<ShownCart> {
    return this.show.cart(customerId, await this.carts.of(customerId));
  }
}

export class CheckCart extends Query<CartCheck> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(CheckCart)
export class CheckCartHandler implements IQueryHandler<CheckCart, CartCheck> {
  constructor(
    @Inject(CURRENT_CARTS) private readonly carts: CurrentCarts,
    @Inject(PRODUCT_KNOWLEDGE) private readonly products: ProductKnowledge,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ customerId }: CheckCart): Promise<CartCheck> {
    const { state } = await this.carts.of(customerId);
    return checkCart(state, await this.products.of(customerId, state.lines.keys(), this.clock.now()));
  }
}
