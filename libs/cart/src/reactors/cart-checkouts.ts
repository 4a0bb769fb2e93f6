import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { READ_GATE, type ReadGate } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, causedBy, CLOCK, RevisionMismatch } from '@tillroll/processing';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { cartType } from '../aggregate-types';
import { CURRENT_CARTS, PRODUCT_KNOWLEDGE } from '../cart-tokens';
import type { CurrentCarts } from '../queries/current-carts';
import type { ProductKnowledge } from '../queries/product-knowledge';

const CONSUMER = 'cart.checkouts';
const by = { consumer: CONSUMER };

const ATTEMPTS = 10;
/** Then the checkout goes on with what is known of the products. */
const NEWS_MS = 1000;

/** Answers what the order context asks of carts: lock, check out, unlock. */
@Controller()
export class CartCheckouts {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CURRENT_CARTS) private readonly carts: CurrentCarts,
    @Inject(PRODUCT_KNOWLEDGE) private readonly products: ProductKnowledge,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Prices are those of before the request; decided at the revision for whose lines they were looked up. */
  @EventPattern(order.CheckoutRequested.type, by)
  async lock(@Payload() event: BusEvent<DataOf<typeof order.CheckoutRequested>>): Promise<void> {
    const { cartId, customerId, orderId, cartNumber, checkoutNumber, expectedTotal } = event.data;
    await this.readGate.caughtUp(event.position - 1, NEWS_MS);
    for (let attempt = 1; ; attempt++) {
      const cart = await this.aggregates.load(cartType, cartId);
      const products = await this.products.of(customerId, cart.state.lines.keys(), this.clock.now());
      const command = {
        type: 'LockCart',
        cartId,
        customerId,
        orderId,
        cartNumber,
        checkoutNumber,
        expectedTotal,
        products,
        leaseMs: this.settings.checkoutLeaseMs,
        at: this.clock.now(),
      } as const;
      try {
        await this.aggregates.execute(cartType, cartId, command, causedBy(event, CONSUMER), { expectedRevision: cart.revision });
        return;
      } catch (error) {
        if (!(error instanceof RevisionMismatch) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  @EventPattern(order.OrderStockHeld.type, by)
  async checkOut(@Payload() event: BusEvent<DataOf<typeof order.OrderStockHeld>>): Promise<void> {
    const { cartId, customerId, orderId } = event.data;
    await this.aggregates.execute(cartType, cartId, { type: 'CheckOut', cartId, customerId, orderId, at: this.clock.now() }, causedBy(event, CONSUMER));
  }

  @EventPattern(order.OrderRejected.type, by)
  async unlockRejected(@Payload() event: BusEvent<DataOf<typeof order.OrderRejected>>): Promise<void> {
    await this.unlock(event, event.data.cartId, 'order_rejected');
  }

  @EventPattern(order.OrderCanceled.type, by)
  async unlockCanceled(@Payload() event: BusEvent<DataOf<typeof order.OrderCanceled>>): Promise<void> {
    await this.unlockCurrent(event, 'order_canceled');
  }

  @EventPattern(order.OrderExpired.type, by)
  async unlockExpired(@Payload() event: BusEvent<DataOf<typeof order.OrderExpired>>): Promise<void> {
    await this.unlockCurrent(event, 'order_expired');
  }

  /** An order that ends before its cart was checked out leaves the lock on the cart that the customer still fills. */
  private async unlockCurrent(event: BusEvent<{ readonly customerId: string; readonly orderId: string }>, reason: string): Promise<void> {
    const { cartId, state } = await this.carts.of(event.data.customerId);
    if (state.status === 'locked') await this.unlock(event, cartId, reason);
  }

  private async unlock(event: BusEvent<{ readonly customerId: string; readonly orderId: string }>, cartId: string, reason: string): Promise<void> {
    const { customerId, orderId } = event.data;
    const command = { type: 'UnlockCart', cartId, customerId, orderId, reason, at: this.clock.now() } as const;
    await this.aggregates.execute(cartType, cartId, command, causedBy(event, CONSUMER));
  }
}
