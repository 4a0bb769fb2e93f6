import { type OrderDocument, orderDocument, ORDERS } from '@tillroll/order/read/orders-projection';
import { isPlaced } from '@tillroll/order/write/order-state';
import type { EpochMs } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import { isDeepStrictEqual } from 'node:util';
import type { FoldedStore } from './folded-store';
import type { Violation } from './violation';

/**
 * Checks invariant 7 on the listed orders. A document may be ahead of what was read of the events, or behind them for a
 * while; at the same revision both must be the same.
 */
export async function violationsOfListedOrders(folded: FoldedStore, readModels: ReadModels, now: EpochMs): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  for (const [orderId, order] of folded.orders.states) {
    if (!isPlaced(order)) continue;
    const revision = folded.orders.revisions.get(orderId) ?? -1;
    const document = await readModels.get<OrderDocument>(ORDERS, orderId);
    const report = (message: string) => found.push({ invariant: 7, message, streams: [`order-${orderId}`] });
    if (document === undefined || document.revision < revision) {
      if (folded.isQuiet(orderId, now)) report(document === undefined ? 'the order is not listed' : `the order is listed as it was at revision ${document.revision}, and is at ${revision}`);
    } else if (document.revision === revision && !isDeepStrictEqual(toJson(document), toJson(orderDocument(order, revision)))) {
      report(`the listed order is not the fold of its events at revision ${revision}`);
    }
  }
  return found;
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
