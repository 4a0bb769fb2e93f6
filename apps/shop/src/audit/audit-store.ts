import type { Translator } from '@tillroll/event-bus';
import type { EventStore } from '@tillroll/event-store';
import type { EpochMs } from '@tillroll/kernel';
import { type OrderDocument, orderDocument, ORDERS } from '@tillroll/order/read/orders-projection';
import { isPlaced } from '@tillroll/order/write/order-state';
import type { ReadModels } from '@tillroll/read-models';
import { isDeepStrictEqual } from 'node:util';
import { violationsOfOrder } from './audited-order';
import { StockHistory, violationsOfStock } from './audited-product';
import { FoldedStore } from './folded-store';
import { PurchaseLimits } from './purchase-limits';
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
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly translator: Translator;
  readonly now: EpochMs;
  readonly onProgress?: (progress: { readonly position: number; readonly head: number }) => void;
}

/**
 * Checks the invariants over the whole store: every event is read (and its checksum verified), every stream folded.
 * Memory grows with the number of streams. Rejects with `StoreCorrupted` where bytes are not what was written.
 */
export async function auditStore({ store, readModels, translator, now, onProgress }: AuditOptions): Promise<AuditReport> {
  const folded = new FoldedStore();
  const history = new StockHistory();
  const limits = new PurchaseLimits();
  const unpublished: Violation[] = [];
  const head = await store.head();
  let events = 0;
  let position = 0;
  for await (const page of store.readAll({ after: 0 })) {
    for (const event of page.events) {
      events++;
      folded.add(event);
      history.add(event.streamId, event.type, event.data);
      limits.add(event.streamId, event.type, event.data);
      if (translator.typeOf(event) === undefined) unpublished.push({ invariant: 7, message: `${event.type} is not published`, streams: [event.streamId] });
    }
    position = page.position;
    onProgress?.({ position, head });
  }

  const orderIds = [...folded.orderIds()];
  const ofOrders = orderIds.flatMap((orderId) => violationsOfOrder(folded.audited(orderId), now));
  const ofStocks = [...folded.stocks.states].flatMap(([productId, stock]) => violationsOfStock(productId, stock));
  const documents = await compareOrders(folded, readModels);
  const all = [...ofOrders, ...ofStocks, ...history.violations, ...limits.violations, ...unpublished, ...documents];
  const products = folded.stocks.states.size;
  const checked: Readonly<Record<number, number>> = { 1: products, 2: products, 7: events, 9: limits.checked };
  return {
    events,
    position,
    violations: all.length,
    invariants: Object.entries(INVARIANTS).map(([number, promise]) => {
      const invariant = Number(number);
      return { invariant, promise, checked: checked[invariant] ?? orderIds.length, violations: all.filter((violation) => violation.invariant === invariant) };
    }),
  };
}

/** A document may be behind the events, or ahead of what was read of them; at the same revision both must be the same. */
async function compareOrders(folded: FoldedStore, readModels: ReadModels): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  for (const [orderId, order] of folded.orders.states) {
    if (!isPlaced(order)) continue;
    const revision = folded.orders.revisions.get(orderId) ?? -1;
    const document = await readModels.get<OrderDocument>(ORDERS, orderId);
    const streams = [`order-${orderId}`];
    if (document === undefined) found.push({ invariant: 7, message: 'the order is not listed', streams });
    else if (document.revision === revision && !isDeepStrictEqual(toJson(document), toJson(orderDocument(order, revision)))) {
      found.push({ invariant: 7, message: `the listed order is not the fold of its events at revision ${revision}`, streams });
    }
  }
  return found;
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
