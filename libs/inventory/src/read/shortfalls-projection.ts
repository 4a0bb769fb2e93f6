import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { StockTotals } from '../write/stock-events';

/** A product of which orders own more than is there. Gone when it is over. */
export interface ShortfallDocument extends StockTotals, Readonly<Record<string, unknown>> {
  readonly productId: string;
  readonly shortfall: number;
  /** When it began, RFC 3339. */
  readonly since: string;
}

export const SHORTFALLS = 'inventory.shortfalls';

function recorded(event: BusEvent): readonly DocumentChange<ShortfallDocument>[] {
  const { productId, shortfall, onHand, held, committed } = event.data as DataOf<typeof inventory.ShortfallRecorded>;
  return [
    {
      id: productId,
      change: (before) => (shortfall === 0 ? undefined : { productId, shortfall, onHand, held, committed, since: before?.since ?? event.time }),
    },
  ];
}

function totalsChanged(event: BusEvent): readonly DocumentChange<ShortfallDocument>[] {
  const { productId, onHand, held, committed } = event.data as DataOf<typeof inventory.StockHeld>;
  return [{ id: productId, change: (before) => (before === undefined ? undefined : { ...before, onHand, held, committed }) }];
}

export const shortfallsProjection: Projection<ShortfallDocument> = {
  name: SHORTFALLS,
  version: 1,
  indexes: [{ fields: ['since'] }],
  on: {
    [inventory.ShortfallRecorded.type]: recorded,
    [inventory.StockAdjusted.type]: totalsChanged,
    [inventory.StockCommitted.type]: totalsChanged,
    [inventory.StockReleased.type]: totalsChanged,
    [inventory.StockShipped.type]: totalsChanged,
  },
};
