import type { Translator } from '@tillroll/event-bus';
import { type EventStore, isMarkOfMove } from '@tillroll/event-store';
import type { EpochMs } from '@tillroll/kernel';
import { isPlaced } from '@tillroll/order/write/order-state';
import type { ReadModelInspection, ReadModels } from '@tillroll/read-models';
import { violationsOfClaims } from './audited-claims';
import { violationsOfOrder } from './audited-order';
import { violationsOfStock } from './audited-product';
import { CheckoutHistory } from './checkout-history';
import { FoldedStore } from './folded-store';
import { violationsOfListedOrders } from './listed-orders';
import { PurchaseLimits } from './purchase-limits';
import { StockHistory } from './stock-history';
import { StreamOrder } from './stream-order';
import { INVARIANTS, type Violation } from './violation';

export interface AuditedInvariant {
  readonly invariant: number;
  readonly promise: string;
  /** How many orders, products, claims or events were looked at for it. */
  readonly checked: number;
  readonly violations: readonly Violation[];
}

export interface AuditReport {
  readonly events: number;
  readonly position: number;
  readonly invariants: readonly AuditedInvariant[];
  readonly violations: number;
}

export interface AuditOptions {
  readonly store: Pick<EventStore, 'head' | 'readAll'>;
  readonly readModels: ReadModels & Pick<ReadModelInspection, 'generations'>;
  readonly translator: Translator;
  /** What is still to happen, or should have happened, is judged by it. Default: the time of the last event, as if the shop had stopped then. */
  readonly now?: EpochMs;
  readonly onProgress?: (progress: { readonly position: number; readonly head: number }) => void;
}

/**
 * Checks the invariants over the whole store: every event is read (and its checksum verified), every stream folded.
 * Memory grows with the number of streams. Rejects with `StoreCorrupted` where bytes are not what was written.
 */
export async function auditStore({ store, readModels, translator, now: givenNow, onProgress }: AuditOptions): Promise<AuditReport> {
  const folded = new FoldedStore();
  const limits = new PurchaseLimits();
  const histories = [new StockHistory(), new CheckoutHistory(), new StreamOrder(translator), limits];
  const head = await store.head();
  let events = 0;
  let position = 0;
  let lastTime = 0;
  // A server may keep streams of others too.
  const prefixes = [...translator.contexts.values()].flat();
  for await (const page of store.readAll({ after: 0, prefixes })) {
    for (const event of page.events) {
      if (isMarkOfMove(event)) continue;
      events++;
      lastTime = Date.parse(event.metadata.time);
      folded.add(event);
      for (const history of histories) history.add(event);
    }
    position = page.position;
    onProgress?.({ position, head });
  }

  const now = givenNow ?? lastTime;
  const orderIds = folded.orderIds();
  const violations = [
    ...[...orderIds].flatMap((orderId) => violationsOfOrder(folded.audited(orderId, now), now)),
    ...[...folded.stocks.states].flatMap(([productId, stock]) => violationsOfStock(productId, stock)),
    ...violationsOfClaims(folded, now),
    ...cartsWithoutOrders(folded, now),
    ...histories.flatMap((history) => history.violations),
    ...(await violationsOfListedOrders(folded, readModels)),
  ];
  const products = folded.stocks.states.size;
  const checked: Readonly<Record<number, number>> = { 1: products, 2: products, 7: events, 9: limits.checked };
  return { events, position, violations: violations.length, invariants: byInvariant(violations, (invariant) => checked[invariant] ?? orderIds.size) };
}

function cartsWithoutOrders(folded: FoldedStore, now: EpochMs): readonly Violation[] {
  const found: Violation[] = [];
  for (const [cartId, cart] of folded.carts.states) {
    if (cart.status !== 'checked_out' || isPlaced(folded.orders.get(cart.orderId)) || !folded.isQuiet(cart.orderId, now)) continue;
    found.push({ invariant: 4, message: 'a cart was checked out for an order that does not exist', streams: [`cart-${cartId}`, `order-${cart.orderId}`] });
  }
  return found;
}

const byInvariant = (violations: readonly Violation[], checked: (invariant: number) => number): readonly AuditedInvariant[] =>
  Object.entries(INVARIANTS).map(([number, promise]) => {
    const invariant = Number(number);
    return { invariant, promise, checked: checked(invariant), violations: violations.filter((violation) => violation.invariant === invariant) };
  });
