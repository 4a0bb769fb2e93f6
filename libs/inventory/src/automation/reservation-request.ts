import { type EpochMs, toTimestamp } from '@tillroll/kernel';
import type { ReservationRequest, ReservedLine } from '../write/reservation-events';

/** So that a payment decided just inside the window does not lose its hold to a clock that is a little ahead. */
export const HOLD_GRACE_MS = 60_000;

/** What the process needs to know of a placed order. Times are RFC 3339. */
export interface OrderToSupply {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly ReservedLine[];
  readonly placedAt: string;
  readonly expiresAt: string;
}

/** Lines of one product are summed. */
export function requestFor(order: OrderToSupply): ReservationRequest {
  const { orderId, customerId } = order;
  const lapsesAt: EpochMs = Date.parse(order.expiresAt) + HOLD_GRACE_MS;
  return { orderId, customerId, lines: linesByProduct(order.lines), expiresAt: toTimestamp(lapsesAt) };
}

function linesByProduct(lines: readonly ReservedLine[]): readonly ReservedLine[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}
