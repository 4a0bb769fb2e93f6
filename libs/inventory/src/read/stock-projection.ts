import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { StockTotals } from '../write/stock-events';

/** The ledger's totals at a revision of its stream. */
export interface StockDocument extends StockTotals, Readonly<Record<string, unknown>> {
  readonly productId: string;
  readonly revision: number;
}

export const STOCK = 'inventory.stock';

function totalsChanged(event: BusEvent): readonly DocumentChange<StockDocument>[] {
  const { productId, onHand, held, committed } = event.data as DataOf<typeof inventory.StockHeld>;
  return [{ id: productId, change: () => ({ productId, onHand, held, committed, revision: event.sequence }) }];
}

/** A refusal changes no total, but it is the newest event: `If-Match` compares with the revision. */
function revisionChanged(event: BusEvent): readonly DocumentChange<StockDocument>[] {
  const { productId } = event.data as { readonly productId: string };
  return [{ id: productId, change: (before) => ({ productId, onHand: 0, held: 0, committed: 0, ...before, revision: event.sequence }) }];
}

export const stockProjection: Projection<StockDocument> = {
  name: STOCK,
  version: 1,
  indexes: [],
  on: {
    [inventory.StockAdjusted.type]: totalsChanged,
    [inventory.StockHeld.type]: totalsChanged,
    [inventory.StockRefused.type]: revisionChanged,
    [inventory.StockCommitted.type]: totalsChanged,
    [inventory.StockReleased.type]: totalsChanged,
    [inventory.StockShipped.type]: totalsChanged,
    [inventory.ShortfallRecorded.type]: totalsChanged,
  },
};
