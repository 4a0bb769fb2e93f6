import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { cartIdOf } from '@tillroll/contracts';
import { READ_GATE, type ReadGate } from '@tillroll/http';
import { type Clock, DomainError } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK, type Outcome } from '@tillroll/processing';
import { cartType } from '../aggregate-types';
import { CURRENT_CARTS, PRODUCT_KNOWLEDGE } from '../cart-tokens';
import type { CurrentCarts, FoundCart } from '../queries/current-carts';
import type { ProductKnowledge } from '../queries/product-knowledge';
import type { CartChange } from '../write/cart-commands';
import type { CartEvent } from '../write/cart-events';
import type { Cart } from '../write/cart-state';
import type { ProductFacts } from '../write/product-facts';
import { type ShownCart, ShowCart } from './show-cart';

/** What a shopper asks for; the product facts are found by the handler. */
export type RequestedChange =
  | { readonly type: 'AddItem'; readonly productId: string; readonly quantity: number }
  | { readonly type: 'ChangeQuantity'; readonly productId: string; readonly quantity: number }
  | { readonly type: 'RemoveItem'; readonly productId: string }
  | { readonly type: 'EmptyCart' };

export class ChangeCart extends Command<ShownCart> {
  constructor(
    readonly customerId: string,
    readonly change: RequestedChange,
    readonly cause: Cause,
    /** What `If-Match` asks of the cart with this id. */
    readonly expectedRevision: (cartId: string) => number | undefined,
  ) {
    super();
  }
}

/** How long a refusal waits for news of the product that would make it a success. */
const NEWS_MS = 250;
/** A cart may close, and the next one open, between being found and being changed; not again and again. */
const ATTEMPTS = 5;

const worthASecondLook = (error: unknown): boolean =>
  error instanceof DomainError && (error.code === 'product_not_found' || error.code === 'insufficient_stock');
const isClosed = (error: unknown): boolean => error instanceof DomainError && error.code === 'cart_closed';

@CommandHandler(ChangeCart)
export class ChangeCartHandler implements ICommandHandler<ChangeCart, ShownCart> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CURRENT_CARTS) private readonly carts: CurrentCarts,
    @Inject(PRODUCT_KNOWLEDGE) private readonly products: ProductKnowledge,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ShowCart) private readonly show: ShowCart,
  ) {}

  async execute(command: ChangeCart): Promise<ShownCart> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.carts.of(command.customerId);
      const repeated = await this.repeatedInThePreviousCart(command, found);
      if (repeated !== undefined) return repeated;
      try {
        const { state, revision } = await this.change(command, found);
        return await this.show.cart(command.customerId, { ...found, state, revision });
      } catch (error) {
        if (!isClosed(error)) throw error;
        if (attempt === ATTEMPTS) throw new DomainError('conflict');
      }
    }
  }

  /** The cart's view of the inventory is fed by events: what it refuses it looks at again once it has caught up. */
  private async change(command: ChangeCart, found: FoundCart): Promise<Outcome<Cart, CartEvent>> {
    const { change } = command;
    if ('quantity' in change && (await this.products.isLimited(change.productId))) await this.catchUp();
    try {
      return await this.decide(command, found);
    } catch (error) {
      if (!worthASecondLook(error)) throw error;
      await this.catchUp();
      return this.decide(command, found);
    }
  }

  private async decide({ customerId, change, cause, expectedRevision }: ChangeCart, { cartId }: FoundCart): Promise<Outcome<Cart, CartEvent>> {
    const at = this.clock.now();
    const product = 'quantity' in change ? (await this.products.of(customerId, [change.productId], at)).get(change.productId) : undefined;
    const expected = expectedRevision(cartId);
    return this.aggregates.execute(
      cartType,
      cartId,
      withFacts(change, { cartId, customerId, at }, product),
      cause,
      expected === undefined ? {} : { expectedRevision: expected },
    );
  }

  private async catchUp(): Promise<void> {
    await this.readGate.caughtUp(await this.readGate.head(), NEWS_MS);
  }

  /** A repeated request whose first answer was lost may have changed the cart that has been checked out since. */
  private async repeatedInThePreviousCart({ customerId, change, cause }: ChangeCart, { cartNumber }: FoundCart): Promise<ShownCart | undefined> {
    if (cause.keyed !== true || cartNumber === 0) return undefined;
    const cartId = cartIdOf(customerId, cartNumber - 1);
    const command = withFacts(change, { cartId, customerId, at: this.clock.now() }, undefined);
    try {
      const { state, revision } = await this.aggregates.execute(cartType, cartId, command, cause);
      return await this.show.cart(customerId, { cartId, state, revision });
    } catch (error) {
      if (isClosed(error)) return undefined;
      throw error;
    }
  }
}

type OnCart = Pick<CartChange, 'cartId' | 'customerId' | 'at'>;

const withFacts = (change: RequestedChange, onCart: OnCart, product: ProductFacts | undefined): CartChange =>
  'quantity' in change ? { ...change, ...onCart, product } : { ...change, ...onCart };
