import { Inject, Injectable } from '@nestjs/common';
import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { type Clock, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK, type DeadlineChange, type Deadlines } from '@tillroll/processing';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { orderType } from '../order-types';

type Due = Parameters<Deadlines['due']>[0];

const clear = (event: BusEvent): readonly DeadlineChange[] => [{ key: (event.data as { readonly orderId: string }).orderId }];

/** A deadline that fires twice gives the same command twice. */
const causeOf = (kind: string, { key, at }: Due): Cause => {
  const commandId = uuid5(kind, key, at);
  return { commandId, correlationId: commandId, causationId: commandId, actor: `system:${kind}` };
};

/** An unpaid order ends when its payment window does. */
@Injectable()
export class OrderExpiry implements Deadlines {
  readonly kind = 'order.expiry';
  readonly on: Deadlines['on'] = {
    [order.OrderPlaced.type]: (event) => {
      const { orderId, expiresAt } = event.data as DataOf<typeof order.OrderPlaced>;
      return [{ key: orderId, at: Date.parse(expiresAt) }];
    },
    [order.OrderConfirmed.type]: clear,
    [order.OrderRejected.type]: clear,
    [order.OrderCanceled.type]: clear,
    [order.OrderExpired.type]: clear,
  };

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async due(deadline: Due): Promise<void> {
    await this.aggregates.execute(orderType, deadline.key, { type: 'ExpireOrder', at: this.clock.now() }, causeOf(this.kind, deadline));
  }
}

/** A checkout whose stock is still undecided when its lease ends is given up. */
@Injectable()
export class CheckoutLease implements Deadlines {
  readonly kind = 'order.checkout-lease';
  readonly on: Deadlines['on'] = {
    [order.OrderPlaced.type]: (event) => {
      const { orderId, placedAt } = event.data as DataOf<typeof order.OrderPlaced>;
      return [{ key: orderId, at: Date.parse(placedAt) + this.settings.checkoutLeaseMs }];
    },
    [order.OrderStockHeld.type]: clear,
    [order.OrderRejected.type]: clear,
    [order.OrderCanceled.type]: clear,
    [order.OrderExpired.type]: clear,
  };

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async due(deadline: Due): Promise<void> {
    await this.aggregates.execute(orderType, deadline.key, { type: 'AbandonCheckout' }, causeOf(this.kind, deadline));
  }
}
