import { order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, openEmbeddedSnapshotCache } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { type Clock, type EpochMs, money, systemClock, toTimestamp, uuid5 } from '@tillroll/kernel';
import { AggregateRuntime, type Aggregates, type Cause } from '@tillroll/processing';
import { busEvent } from '@tillroll/testing';
import { productType, stockType } from '../aggregate-types';
import type { PurchaseLimit } from '../write/product';
import type { ReservedLine } from '../write/reservation-events';

/** A store on disk, and as many processes on it as are wanted. Time stands still until it is set; waiting takes real time. */
export class InventoryPlace {
  now: EpochMs = Date.parse('2026-03-01T12:00:00.000Z');
  readonly clock: Clock = {
    now: () => this.now,
    wakeAt: (at, callback) => systemClock.wakeAt(Date.now() + at - this.now, callback),
  };
  readonly store: EventStore;
  private readonly directory = temporaryDirectory();
  private readonly engine: EmbeddedEngine;
  private commands = 0;

  constructor() {
    this.engine = EmbeddedEngine.open({ directory: this.directory.path });
    this.store = openEmbeddedEventStore({ engine: this.engine });
  }

  /** With nothing in memory yet. */
  startProcess(): Aggregates {
    return new AggregateRuntime({ store: this.store, clock: this.clock, snapshots: openEmbeddedSnapshotCache(this.engine) });
  }

  cause(): Cause {
    const commandId = uuid5('test command', this.commands++);
    return { commandId, correlationId: commandId, causationId: commandId, actor: 'admin:test' };
  }

  async stockUp(aggregates: Aggregates, productId: string, units: number, purchaseLimit?: PurchaseLimit): Promise<void> {
    const details = { productId, name: productId, price: money(100, 'EUR'), ...(purchaseLimit === undefined ? {} : { purchaseLimit }) };
    await aggregates.execute(productType, productId, { type: 'CreateProduct', details }, this.cause());
    await aggregates.execute(
      stockType,
      productId,
      { type: 'AdjustStock', productId, adjustment: { delta: units }, reason: 'delivery', at: this.now },
      this.cause(),
    );
  }

  /** The types of a stream's events. */
  async eventsOf(streamId: string): Promise<readonly string[]> {
    const types: string[] = [];
    for await (const page of this.store.readStream(streamId)) types.push(...page.map(({ type }) => type));
    return types;
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.engine.close();
    this.directory.remove();
  }
}

export const customerId = uuid5('customer', 'ann');
export const orderIdOf = (name: string): string => uuid5('order', name);

type OfOrder = BusEvent<{ readonly orderId: string }>;

/** An order placed now, to be paid in half an hour. */
export function orderPlaced(name: string, lines: readonly ReservedLine[], placedAt: EpochMs) {
  const eur = money(100, 'EUR');
  const data = {
    orderId: orderIdOf(name),
    requestId: uuid5('request', name),
    customerId,
    cartId: uuid5('cart', name),
    lines: lines.map((line) => ({ ...line, name: line.productId, unitPrice: eur, lineTotal: eur })),
    total: eur,
    address: 'sealed',
    placedAt: toTimestamp(placedAt),
    expiresAt: toTimestamp(placedAt + 30 * 60_000),
  };
  return busEvent(order.OrderPlaced, data) as BusEvent<typeof data>;
}

const of = (name: string) => ({ orderId: orderIdOf(name), customerId });

export const orderConfirmed = (name: string): OfOrder =>
  busEvent(order.OrderConfirmed, { ...of(name), paymentId: uuid5('payment', name), amount: money(100, 'EUR'), paymentStatus: 'paid' }) as OfOrder;
export const orderShipped = (name: string): OfOrder => busEvent(order.OrderShipped, of(name)) as OfOrder;
export const orderCanceled = (name: string): OfOrder => busEvent(order.OrderCanceled, { ...of(name), reason: 'no longer wanted', by: 'customer' }) as OfOrder;
export const orderExpired = (name: string): OfOrder => busEvent(order.OrderExpired, of(name)) as OfOrder;
export const orderRejected = (name: string): OfOrder =>
  busEvent(order.OrderRejected, { ...of(name), cartId: uuid5('cart', name), code: 'checkout_timed_out', detail: {} }) as OfOrder;
