import type { Stock } from '@tillroll/inventory/write/stock-state';
import type { EpochMs } from '@tillroll/kernel';
import type { FoldedStore } from './folded-store';
import type { Violation } from './violation';

type Claims = Stock['holds'];

/**
 * Checks invariant 2 across streams: what the ledgers hold and commit belongs to live reservations, and what live
 * reservations want is in the ledgers. Orders in motion are given time.
 */
export function violationsOfClaims(folded: FoldedStore, now: EpochMs): readonly Violation[] {
  return [...strayClaims(folded, now), ...missingClaims(folded, now)];
}

function strayClaims(folded: FoldedStore, now: EpochMs): readonly Violation[] {
  const found: Violation[] = [];
  const check = (productId: string, claims: Claims, kind: 'held' | 'committed') => {
    for (const [orderId] of claims) {
      const { status } = folded.reservations.get(orderId);
      if (status === kind || !folded.isQuiet(orderId, now)) continue;
      found.push({ invariant: 2, message: `units are ${kind} for a reservation that is ${status}`, streams: [`stock-${productId}`, `reservation-${orderId}`] });
    }
  };
  for (const [productId, stock] of folded.stocks.states) {
    check(productId, stock.holds, 'held');
    check(productId, stock.commitments, 'committed');
  }
  return found;
}

function missingClaims(folded: FoldedStore, now: EpochMs): readonly Violation[] {
  const found: Violation[] = [];
  for (const [orderId, reservation] of folded.reservations.states) {
    if (reservation.status !== 'held' && reservation.status !== 'committed') continue;
    if (!folded.isQuiet(orderId, now)) continue;
    for (const { productId, quantity } of reservation.request.lines) {
      const stock = folded.stocks.get(productId);
      const claimed = (reservation.status === 'held' ? stock.holds : stock.commitments).get(orderId)?.quantity ?? 0;
      if (claimed !== quantity) found.push({ invariant: 2, message: `${claimed} are ${reservation.status} where the reservation has ${quantity}`, streams: [`stock-${productId}`, `reservation-${orderId}`] });
    }
  }
  return found;
}
