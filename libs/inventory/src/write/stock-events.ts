/** What is there, and what of it belongs to orders: after the event. */
export interface StockTotals {
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
}

interface OfProduct extends StockTotals {
  readonly productId: string;
}

interface OfOrder extends OfProduct {
  readonly orderId: string;
  readonly quantity: number;
}

/** Times are RFC 3339. */
export type StockEvent =
  | (OfProduct & { readonly type: 'StockAdjusted'; readonly delta: number; readonly reason: string })
  | (OfOrder & { readonly type: 'StockHeld'; readonly expiresAt: string })
  | {
      readonly type: 'StockRefused';
      readonly productId: string;
      readonly orderId: string;
      readonly requested: number;
      readonly available: number;
      readonly at: string;
    }
  | (OfOrder & { readonly type: 'StockCommitted' })
  | (OfOrder & { readonly type: 'StockReleased'; readonly reason: string; readonly at: string })
  | (OfOrder & { readonly type: 'StockShipped'; readonly at: string })
  | (OfProduct & { readonly type: 'ShortfallRecorded'; readonly shortfall: number });
