import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@tillroll/kernel';
import { CLOCK } from '@tillroll/processing';
import { PRODUCT_KNOWLEDGE } from '../cart-tokens';
import { type CartView, cartView } from '../read/cart-view';
import type { FoundCart } from '../queries/current-carts';
import type { ProductKnowledge } from '../queries/product-knowledge';

export interface ShownCart {
  readonly cartId: string;
  readonly view: CartView;
}

/** The whole cart at current prices, from its committed state. */
@Injectable()
export class ShowCart {
  constructor(
    @Inject(PRODUCT_KNOWLEDGE) private readonly products: ProductKnowledge,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async cart(customerId: string, { cartId, state, revision }: Omit<FoundCart, 'cartNumber'>): Promise<ShownCart> {
    const products = await this.products.of(customerId, state.lines.keys(), this.clock.now());
    return { cartId, view: cartView(state, revision, products) };
  }
}
