import { toTimestamp } from '@tillroll/kernel';
import type { StockCommand } from '../write/stock-commands';
import type { StockEvent, StockTotals } from '../write/stock-events';

/** Noon, and minutes after it. */
export const NOON = Date.parse('2026-03-01T12:00:00.000Z');
export const minutes = (count: number): number => NOON + count * 60_000;

const productId = 'tea';
const of = (orderId: string, quantity: number, totals: StockTotals) => ({ productId, orderId, quantity, ...totals });

export const totals = (onHand: number, held = 0, committed = 0): StockTotals => ({ onHand, held, committed });

export const adjusted = (delta: number, after: StockTotals, reason = 'delivery'): StockEvent => ({ type: 'StockAdjusted', productId, delta, reason, ...after });
export const held = (orderId: string, quantity: number, after: StockTotals, until = minutes(31)): StockEvent => ({
  type: 'StockHeld',
  ...of(orderId, quantity, after),
  expiresAt: toTimestamp(until),
});
export const refused = (orderId: string, requested: number, available: number, at = NOON): StockEvent => ({
  type: 'StockRefused',
  productId,
  orderId,
  requested,
  available,
  at: toTimestamp(at),
});
export const committed = (orderId: string, quantity: number, after: StockTotals): StockEvent => ({ type: 'StockCommitted', ...of(orderId, quantity, after) });
export const released = (orderId: string, quantity: number, after: StockTotals, reason = 'order_canceled', at = NOON): StockEvent => ({
  type: 'StockReleased',
  ...of(orderId, quantity, after),
  reason,
  at: toTimestamp(at),
});
export const shipped = (orderId: string, quantity: number, after: StockTotals, at = NOON): StockEvent => ({
  type: 'StockShipped',
  ...of(orderId, quantity, after),
  at: toTimestamp(at),
});
export const shortfall = (amount: number, after: StockTotals): StockEvent => ({ type: 'ShortfallRecorded', productId, shortfall: amount, ...after });

export const adjustBy = (delta: number): StockCommand => ({ type: 'AdjustStock', productId, adjustment: { delta }, reason: 'delivery', at: NOON });
export const setTo = (count: number): StockCommand => ({ type: 'AdjustStock', productId, adjustment: { setTo: count }, reason: 'delivery', at: NOON });
export const hold = (orderId: string, quantity: number, at = NOON, expiresAt = minutes(31)): StockCommand => ({
  type: 'HoldStock',
  productId,
  orderId,
  quantity,
  expiresAt,
  at,
});
export const commit = (orderId: string, quantity: number, at = NOON, expiresAt = minutes(31)): StockCommand => ({
  type: 'CommitStock',
  productId,
  orderId,
  quantity,
  expiresAt,
  at,
});
export const release = (orderId: string, at = NOON): StockCommand => ({ type: 'ReleaseStock', productId, orderId, reason: 'order_canceled', at });
export const ship = (orderId: string, at = NOON): StockCommand => ({ type: 'ShipStock', productId, orderId, at });
export const reclaim = (orderId: string, at: number): StockCommand => ({ type: 'ReclaimStock', productId, orderId, at });
