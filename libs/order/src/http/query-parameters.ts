import { invalid } from '@tillroll/http';
import type { OrderStatus, PaymentStatus } from '../write/order-state';

const ORDER_STATUSES: readonly OrderStatus[] = ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'rejected', 'expired', 'canceled'];
const PAYMENT_STATUSES: readonly PaymentStatus[] = ['none', 'pending', 'authorized', 'paid', 'failed', 'partially_refunded', 'refunded', 'voided'];

function oneOf<T extends string>(parameter: string, allowed: readonly T[], given: unknown): T | undefined {
  if (given === undefined) return undefined;
  return allowed.find((value) => value === given) ?? invalid({ parameter, code: 'not_allowed', message: `must be one of ${allowed.join(', ')}` });
}

export const orderStatusParameter = (given: unknown) => oneOf('status', ORDER_STATUSES, given);
export const paymentStatusParameter = (given: unknown) => oneOf('paymentStatus', PAYMENT_STATUSES, given);

export function revisionParameter(given: string): number {
  return /^(0|[1-9]\d{0,14})$/.test(given) ? Number(given) : invalid({ parameter: 'revision', code: 'not_a_revision', message: 'must be a whole number from 0' });
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

export function timeParameter(given: string): number {
  const [, date = ''] = TIMESTAMP.exec(given) ?? [];
  const at = isDay(date) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? invalid({ parameter: 'at', code: 'not_a_time', message: 'must be an RFC 3339 time, for example 2026-01-31T12:00:00Z' }) : at;
}
