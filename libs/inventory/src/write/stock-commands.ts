import type { EpochMs } from '@tillroll/kernel';

interface OfProduct {
  readonly productId: string;
  readonly at: EpochMs;
}

interface OfOrder extends OfProduct {
  readonly orderId: string;
}

/** By how much, or to what: the number on hand. */
export type Adjustment = { readonly delta: number } | { readonly setTo: number };

interface OfLine extends OfOrder {
  readonly quantity: number;
  readonly expiresAt: EpochMs;
}

export type AdjustStock = OfProduct & { readonly type: 'AdjustStock'; readonly adjustment: Adjustment; readonly reason: string };

export type HoldStock = OfLine & { readonly type: 'HoldStock' };

/** `quantity` and `expiresAt` are those of the hold: it is made again when it had lapsed and was given up. */
export type CommitStock = OfLine & { readonly type: 'CommitStock' };

export type StockCommand =
  | AdjustStock
  | HoldStock
  | CommitStock
  | (OfOrder & { readonly type: 'ReleaseStock'; readonly reason: string })
  | (OfOrder & { readonly type: 'ShipStock' })
  /** Frees the order's hold when its time is over. */
  | (OfOrder & { readonly type: 'ReclaimStock' });
