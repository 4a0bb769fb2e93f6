import { Inject, Injectable } from '@nestjs/common';
import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { type Clock, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, CLOCK, type DeadlineChange, type Deadlines } from '@tillroll/processing';
import { stockType } from '../aggregate-types';

const KIND = 'inventory.hold-expiry';

interface HoldToReclaim {
  readonly productId: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly correlationId: string;
}

const keyOf = ({ productId, orderId }: { readonly productId: string; readonly orderId: string }): string => `${productId}~${orderId}`;

/** Gives back holds that nobody ended. An expired hold is free stock anyway; this makes it show. */
@Injectable()
export class HoldExpiry implements Deadlines {
  readonly kind = KIND;

  readonly on: Deadlines['on'] = {
    [inventory.StockHeld.type]: (event) => [reclaimLater(event)],
    [inventory.StockCommitted.type]: (event) => [settled(event)],
    [inventory.StockReleased.type]: (event) => [settled(event)],
  };

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async due({ key, at, data }: Parameters<Deadlines['due']>[0]): Promise<void> {
    const { productId, orderId, eventId, correlationId } = data as unknown as HoldToReclaim;
    const cause = { commandId: uuid5(KIND, key, at), correlationId, causationId: eventId, actor: `system:${KIND}` };
    await this.aggregates.execute(stockType, productId, { type: 'ReclaimStock', productId, orderId, at: this.clock.now() }, cause);
  }
}

function reclaimLater(event: BusEvent): DeadlineChange {
  const { productId, orderId, expiresAt } = event.data as DataOf<typeof inventory.StockHeld>;
  const data: HoldToReclaim = { productId, orderId, eventId: event.id, correlationId: event.correlationId };
  return { key: keyOf(data), at: Date.parse(expiresAt), data: { ...data } };
}

const settled = (event: BusEvent): DeadlineChange => ({ key: keyOf(event.data as DataOf<typeof inventory.StockReleased>) });
