import type { Money } from '@tillroll/kernel';
import type { OrderLine } from './order-line';
import { hasUnfinishedRefund, isLive, type PaymentAttempt, refundedOf, unreturnedOf } from './payment-attempt';

export type OrderStatus = 'pending' | 'confirmed' | 'processing' | 'shipped' | 'delivered' | 'rejected' | 'expired' | 'canceled';
export type PaymentStatus = 'none' | 'pending' | 'authorized' | 'paid' | 'failed' | 'partially_refunded' | 'refunded' | 'voided';
export type StockStatus = 'requested' | 'held' | 'committed' | 'released';

export type PlacedOrder = {
  readonly status: OrderStatus;
  readonly stockStatus: StockStatus;
  readonly requestId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly cartId: string;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  /** Sealed. */
  readonly address: string;
  readonly placedAt: string;
  readonly expiresAt: string;
  readonly tracking?: string;
  /** Why it was rejected: an error code of the HTTP contract and its extra fields. */
  readonly rejection?: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> };
  /** In the order of their requests. */
  readonly attempts: Readonly<Record<string, PaymentAttempt>>;
  /** Payments that were asked for while another one was live, and the one that each of them is. */
  readonly joined?: Readonly<Record<string, string>>;
};

/** Plain JSON, so that the read model and the fold are one and the same. */
export type Order = { readonly status: 'none' } | PlacedOrder;

export const isPlaced = (order: Order): order is PlacedOrder => order.status !== 'none';

export const attemptsOf = (order: PlacedOrder): readonly PaymentAttempt[] => Object.values(order.attempts);

/** The attempt that a payment which was asked for has become. */
export const attemptOf = (order: PlacedOrder, paymentId: string): PaymentAttempt | undefined => order.attempts[order.joined?.[paymentId] ?? paymentId];

/** Ended without goods for the customer: whatever was held or taken goes back. */
export const hasFallenThrough = (order: PlacedOrder): boolean =>
  order.status === 'rejected' || order.status === 'expired' || order.status === 'canceled';

export function paymentStatusOf(order: PlacedOrder): PaymentStatus {
  const attempts = attemptsOf(order);
  const captured = attempts.reduce((sum, attempt) => sum + attempt.captured, 0);
  if (captured > 0) {
    const refunded = attempts.reduce((sum, attempt) => sum + refundedOf(attempt), 0);
    if (refunded === 0) return 'paid';
    return refunded < captured ? 'partially_refunded' : 'refunded';
  }
  if (attempts.some((attempt) => attempt.status === 'captured')) return 'paid';
  if (attempts.some((attempt) => attempt.status === 'authorized')) return 'authorized';
  if (attempts.some(isLive)) return 'pending';
  const last = attempts.at(-1);
  if (last === undefined) return 'none';
  return last.status === 'failed' ? 'failed' : 'voided';
}

/** A refund, void or release is unfinished. */
export function isCompensating(order: PlacedOrder): boolean {
  const attempts = attemptsOf(order);
  if (attempts.some(hasUnfinishedRefund)) return true;
  if (!hasFallenThrough(order)) return false;
  return order.stockStatus !== 'released' || attempts.some((attempt) => isLive(attempt) || unreturnedOf(attempt) > 0);
}

/** What may follow each status (domain rules, state machine of the order). */
export const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'rejected', 'expired', 'canceled'],
  confirmed: ['processing', 'canceled'],
  processing: ['shipped', 'canceled'],
  shipped: ['delivered'],
  delivered: [],
  rejected: [],
  expired: [],
  canceled: [],
};
