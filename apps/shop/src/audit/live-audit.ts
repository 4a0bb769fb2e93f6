import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { reservationType, stockType } from '@tillroll/inventory/aggregate-types';
import { type Clock, type EpochMs } from '@tillroll/kernel';
import type { HealthPart, Log } from '@tillroll/http';
import { checkoutType, orderType } from '@tillroll/order/order-types';
import { attemptsOf, isPlaced } from '@tillroll/order/write/order-state';
import { paymentType } from '@tillroll/payment/payment-types';
import { isKnown, type KnownPayment } from '@tillroll/payment/write/payment-state';
import type { Aggregates } from '@tillroll/processing';
import { type AuditedOrder, violationsOfOrder } from './audited-order';
import { violationsOfStock } from './audited-product';
import type { Violation } from './violation';

export interface LiveAuditOptions {
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: a minute. */
  readonly everyMs?: number;
}

const MINUTE_MS = 60_000;
/** What moves is looked at again until it has been quiet for so long; then it has ended or is stuck. */
const LOOK_AGAIN_MS = 6 * MINUTE_MS;

/**
 * Checks, every minute, the orders and products that events have touched since the last time (and again a few minutes
 * later, when nothing may be moving any more). Costs nothing while nothing happens; `npm run audit` checks everything.
 */
export class LiveAudit {
  private readonly touchedOrders = new Map<string, EpochMs>();
  private readonly broken = new Map<string, Violation>();
  private position = 0;
  private checkedOrders = 0;
  private cancel: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: LiveAuditOptions) {}

  /** Begins with what comes next. */
  async start(): Promise<void> {
    this.position = await this.options.store.head();
    this.arm();
  }

  async stop(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    await this.running;
  }

  /** The promises that are broken now. */
  get violations(): readonly Violation[] {
    return [...this.broken.values()];
  }

  /** Orders checked since the start. */
  get checked(): number {
    return this.checkedOrders;
  }

  readonly health: HealthPart = {
    name: 'audit',
    check: () => ({ status: this.broken.size === 0 ? 'up' : 'down', checkedOrders: this.checkedOrders, violations: this.violations.slice(0, 20) }),
  };

  /** Looks at what was touched since the last call. */
  async run(): Promise<void> {
    const { store, clock } = this.options;
    const products = new Set<string>();
    for await (const page of store.readAll({ after: this.position })) {
      for (const event of page.events) this.touch(event, products);
      this.position = page.position;
    }
    const now = clock.now();
    for (const productId of products) {
      const { state } = await this.options.aggregates.load(stockType, productId);
      this.settle(`stock-${productId}`, violationsOfStock(productId, state));
    }
    for (const [orderId, touchedAt] of this.touchedOrders) {
      this.settle(orderId, violationsOfOrder(await this.load(orderId, touchedAt), now));
      this.checkedOrders++;
      if (now - touchedAt > LOOK_AGAIN_MS) this.touchedOrders.delete(orderId);
    }
  }

  private arm(): void {
    const { clock, log, everyMs = MINUTE_MS } = this.options;
    this.cancel = clock.wakeAt(clock.now() + everyMs, () => {
      this.running = this.run()
        .catch((error: unknown) => log.error({ err: error }, 'the live audit could not run'))
        .finally(() => this.cancel !== undefined && this.arm());
    });
  }

  private touch(event: RecordedEvent, products: Set<string>): void {
    if (event.streamId.startsWith('stock-')) products.add(event.streamId.slice('stock-'.length));
    const { orderId } = event.data;
    if (typeof orderId === 'string') this.touchedOrders.set(orderId, Date.parse(event.metadata.time));
  }

  private async load(orderId: string, quietSince: EpochMs): Promise<AuditedOrder> {
    const { aggregates } = this.options;
    const { state: order } = await aggregates.load(orderType, orderId);
    const payments: KnownPayment[] = [];
    for (const { paymentId } of isPlaced(order) ? attemptsOf(order) : []) {
      const { state } = await aggregates.load(paymentType, paymentId);
      if (isKnown(state)) payments.push(state);
    }
    const { state: checkout } = await aggregates.load(checkoutType, orderId);
    const { state: reservation } = await aggregates.load(reservationType, orderId);
    return { orderId, order, checkout, reservation, payments, cart: undefined, quietSince };
  }

  private settle(subject: string, violations: readonly Violation[]): void {
    for (const key of [...this.broken.keys()]) if (key.startsWith(`${subject} `)) this.broken.delete(key);
    for (const violation of violations) {
      const key = `${subject} ${violation.invariant} ${violation.message}`;
      this.broken.set(key, violation);
      this.options.log.error({ violation }, 'an invariant is broken');
    }
  }
}
