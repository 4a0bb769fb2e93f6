import { type OrderDocument, orderDocument, ORDERS } from '@tillroll/order/read/orders-projection';
import { isPlaced } from '@tillroll/order/write/order-state';
import type { ReadModelInspection, ReadModels } from '@tillroll/read-models';
import { isDeepStrictEqual } from 'node:util';
import type { FoldedStore } from './folded-store';
import type { Violation } from './violation';

/**
 * Checks invariant 7 on the listed orders. Documents may be behind the events, and ahead of what was read of them; up to the
 * position that they claim to stand at they must have every event, and at the same revision be the same as the fold.
 */
export async function violationsOfListedOrders(folded: FoldedStore, readModels: ReadModels & Pick<ReadModelInspection, 'generations'>): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const standsAt = (await readModels.generations()).find(({ projection, state }) => projection === ORDERS && state === 'live')?.position ?? 0;
  for (const [orderId, order] of folded.orders.states) {
    if (!isPlaced(order)) continue;
    const last = folded.orders.last(orderId);
    const document = await readModels.get<OrderDocument>(ORDERS, orderId);
    const report = (message: string) => found.push({ invariant: 7, message, streams: [`order-${orderId}`] });
    if (document === undefined || document.revision < last.revision) {
      if (last.position <= standsAt) report(document === undefined ? 'the order is not listed' : `the order is listed as it was at revision ${document.revision}, and is at ${last.revision}`);
    } else if (document.revision === last.revision && !isDeepStrictEqual(toJson(document), toJson(orderDocument(order, last.revision)))) {
      report(`the listed order is not the fold of its events at revision ${last.revision}`);
    }
  }
  return found;
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
