import type { StockTotals } from '../write/stock-events';
import { availableIn } from '../write/stock-state';
import type { MovementDocument } from './stock-movements-projection';
import type { ShortfallDocument } from './shortfalls-projection';

/** A stock ledger as the HTTP contract shows it; `available` is negative in a shortfall. */
export interface StockResource extends StockTotals {
  readonly productId: string;
  readonly available: number;
}

export const stockResource = (productId: string, { onHand, held, committed }: StockTotals): StockResource => ({
  productId,
  onHand,
  held,
  committed,
  available: availableIn({ onHand, held, committed }),
});

export type MovementResource = Omit<MovementDocument, 'productId'>;

export function movementResource({ revision, time, type, quantity, orderId, reason }: MovementDocument): MovementResource {
  return { revision, time, type, quantity, ...(orderId === undefined ? {} : { orderId }), ...(reason === undefined ? {} : { reason }) };
}

export interface ShortfallResource extends StockResource {
  readonly shortfall: number;
  readonly since: string;
}

export const shortfallResource = (document: ShortfallDocument): ShortfallResource => ({
  ...stockResource(document.productId, document),
  shortfall: document.shortfall,
  since: document.since,
});
