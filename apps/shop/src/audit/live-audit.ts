import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { stockType } from '@tillroll/inventory/aggregate-types';
import { type Clock, type EpochMs, sleep } from '@tillroll/kernel';
import type { HealthPart, Log } from '@tillroll/http';
import { attemptsOf, isPlaced } from '@tillroll/order/write/order-state';
import type { Aggregates } from '@tillroll/processing';
import { violationsOfOrder } from './audited-order';
import { violationsOfStock } from './audited-product';
import { FoldedStore } from './folded-store';
import { PATIENCE_MS } from './movement';
import type { Violation } from './violation';

export interface LiveAuditOptions {
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: a minute. */
  readonly everyMs?: number;
}

/** An order that is looked at again. */
interface Watched {
  readonly lookAt: EpochMs;
  /** What the last look found. Only what two looks in a row find is broken: the clock may have been set between them. */
  readonly suspicions: ReadonlySet<string>;
}

interface Looked {
  readonly violations: readonly Violation[];
  /** When more can be known; undefined: nothing more is to come by itself. */
  readonly lookAgainAt: EpochMs | undefined;
}

const MINUTE_MS = 60_000;
const READ_AGAIN_MS = 1_000;
/** A busy minute touches ten thousand orders: customers come first. */
const LOOKS_BETWEEN_RESTS = 20;
const REST_MS = 20;
const PREFIXES = ['order-', 'checkout-', 'reservation-', 'payment-', 'stock-'];
const JUST_TOUCHED: Watched = { lookAt: Number.NEGATIVE_INFINITY, suspicions: new Set() };

/**
 * Checks, every minute, the orders and products that events have touched since the last time, and orders again when
 * nothing of them may be moving any more. Costs nothing while nothing happens; `npm run audit` checks everything.
 */
export class LiveAudit {
  private readonly watched = new Map<string, Watched>();
  private readonly products = new Set<string>();
  private readonly broken = new Map<string, readonly Violation[]>();
  private readonly ending = new AbortController();
  private checkedOrders = 0;
  private cancel: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly options: LiveAuditOptions) {}

  /** Begins with what comes next. */
  async start(): Promise<void> {
    this.following = this.follow(await this.options.store.head());
    this.arm();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    this.cancel?.();
    await Promise.all([this.running, this.following]);
  }

  /** The promises that are broken now. */
  get violations(): readonly Violation[] {
    return [...this.broken.values()].flat();
  }

  /** Looks at orders since the start. */
  get checked(): number {
    return this.checkedOrders;
  }

  /** A broken promise is for people to look at; turning customers away would not mend it. */
  readonly health: HealthPart = {
    name: 'audit',
    check: () => ({ status: this.broken.size === 0 ? 'up' : 'degraded', checkedOrders: this.checkedOrders, violations: this.violations.slice(0, 20) }),
  };

  /** Looks at what is due to be looked at. */
  async run(): Promise<void> {
    const now = this.options.clock.now();
    for (const productId of [...this.products]) {
      this.products.delete(productId);
      const { state } = await this.options.aggregates.load(stockType, productId);
      this.report(`stock-${productId}`, violationsOfStock(productId, state));
    }
    for (const [orderId, watched] of [...this.watched]) {
      if (this.ending.signal.aborted) return;
      if (watched.lookAt > now) continue;
      const looked = await this.look(orderId, now);
      if (this.watched.get(orderId) === watched) this.settle(orderId, watched, looked);
      await (this.checkedOrders % LOOKS_BETWEEN_RESTS === 0 ? rest(REST_MS) : nextTurn());
    }
  }

  private settle(orderId: string, { suspicions }: Watched, { violations, lookAgainAt }: Looked): void {
    this.report(`order-${orderId}`, violations.filter((violation) => suspicions.has(nameOf(violation))));
    if (violations.length > 0) this.watched.set(orderId, { ...JUST_TOUCHED, suspicions: new Set(violations.map(nameOf)) });
    else if (lookAgainAt === undefined) this.watched.delete(orderId);
    else this.watched.set(orderId, { ...JUST_TOUCHED, lookAt: lookAgainAt });
  }

  private async look(orderId: string, now: EpochMs): Promise<Looked> {
    const folded = await this.fold(orderId);
    this.checkedOrders++;
    const audited = folded.audited(orderId, now);
    const waitsUntil = audited.order.status === 'pending' ? Date.parse(audited.order.expiresAt) : undefined;
    const settlesAt = audited.isQuiet ? waitsUntil : folded.movesUntil(orderId);
    return { violations: violationsOfOrder(audited, now), lookAgainAt: settlesAt === undefined ? undefined : settlesAt + PATIENCE_MS + 1 };
  }

  /**
   * Straight from the store: to look at an order that nobody else looks at must not push others out of memory. What
   * answers is read after what is answered, so that no answer is seen without its question.
   */
  private async fold(orderId: string): Promise<FoldedStore> {
    const folded = new FoldedStore();
    const add = async (streamId: string) => {
      for await (const page of this.options.store.readStream(streamId)) for (const event of page) folded.add(event);
    };
    await add(`order-${orderId}`);
    await add(`checkout-${orderId}`);
    await add(`reservation-${orderId}`);
    const order = folded.orders.get(orderId);
    if (!isPlaced(order)) return folded;
    for (const { paymentId } of attemptsOf(order)) await add(`payment-${paymentId}`);
    await add(`cart-${order.cartId}`);
    return folded;
  }

  private arm(): void {
    const { clock, log, everyMs = MINUTE_MS } = this.options;
    this.cancel = clock.wakeAt(clock.now() + everyMs, () => {
      this.running = this.run()
        .catch((error: unknown) => log.error({ err: error }, 'the live audit could not run'))
        .finally(() => {
          if (!this.ending.signal.aborted) this.arm();
        });
    });
  }

  private async follow(after: number): Promise<void> {
    const { store, clock, log } = this.options;
    const { signal } = this.ending;
    for (let position = after; !signal.aborted; ) {
      try {
        for await (const page of store.subscribe({ after: position, prefixes: PREFIXES, signal })) {
          for (const event of page.events) this.touch(event);
          position = page.position;
        }
        if (!signal.aborted) await sleep(clock, READ_AGAIN_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, 'the live audit cannot read the log');
        await sleep(clock, READ_AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }

  private touch({ streamId, data: { orderId } }: RecordedEvent): void {
    if (streamId.startsWith('stock-')) this.products.add(streamId.slice('stock-'.length));
    if (typeof orderId === 'string') this.watched.set(orderId, { ...JUST_TOUCHED });
  }

  private report(subject: string, violations: readonly Violation[]): void {
    const known = new Set(this.broken.get(subject)?.map(nameOf));
    for (const violation of violations) if (!known.has(nameOf(violation))) this.options.log.error({ violation }, 'an invariant is broken');
    if (violations.length === 0) this.broken.delete(subject);
    else this.broken.set(subject, violations);
  }
}

const nameOf = ({ invariant, message, streams }: Violation): string => `${invariant} ${message} ${streams.join(' ')}`;
