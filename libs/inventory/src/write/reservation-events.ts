import type { Shortage } from './stock-state';

export interface ReservedLine {
  readonly productId: string;
  readonly quantity: number;
}

/** A purchase limit that an order would exceed. */
export interface LimitExceeded {
  readonly productId: string;
  readonly limit: number;
  readonly alreadyBought: number;
  readonly inCart: number;
  readonly requested: number;
}

/** What an order wants held. */
export interface ReservationRequest {
  readonly orderId: string;
  readonly customerId: string;
  /** One line for each product. */
  readonly lines: readonly ReservedLine[];
  /** When the holds lapse, RFC 3339: the order's own end and some grace. */
  readonly expiresAt: string;
}

interface OfOrder {
  readonly orderId: string;
}

export type ReservationEvent =
  | (ReservationRequest & { readonly type: 'ReservationRequested' })
  | (OfOrder & { readonly type: 'ReservationHeld' | 'ReservationCommitted' | 'ReservationLost' | 'ReservationExpired' | 'ReservationShipped' })
  | (OfOrder & { readonly type: 'ReservationRefused'; readonly shortages: readonly Shortage[]; readonly limits: readonly LimitExceeded[] })
  | (OfOrder & { readonly type: 'ReservationReleased'; readonly reason: string });
