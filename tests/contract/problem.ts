import type { Answer } from '../support/shop-client';
import { priceChange, shortage, money } from './resource-shapes';
import { atLeast, misfits, oneOf, optional, type Shape, text, uuid, whole } from './shape';

const steps: Shape = { from: text, to: optional(text), allowed: [text] };

/** Status and extra fields of each code, as the contract has them. */
const PROBLEMS: Readonly<Record<string, readonly [status: number, fields?: Readonly<Record<string, Shape | ReturnType<typeof optional>>>]>> = {
  validation_failed: [400, { errors: [(fault) => isFault(fault)] }],
  unauthenticated: [401],
  forbidden: [403],
  not_found: [404],
  method_not_allowed: [405],
  product_not_found: [404, { productId: text }],
  item_not_in_cart: [404, { productId: text }],
  already_exists: [409, { field: text }],
  cart_full: [422],
  currency_mismatch: [422],
  total_too_large: [422],
  stock_below_zero: [422],
  insufficient_stock: [409, { shortages: [shortage], orderId: optional(uuid) }],
  purchase_limit_exceeded: [422, { productId: text, limit: atLeast(1), alreadyBought: atLeast(0), inCart: atLeast(0), requested: atLeast(1) }],
  cart_changed: [409, { expectedTotal: money, currentTotal: money, changes: [priceChange] }],
  cart_locked: [409, { retryAfterMs: atLeast(1) }],
  cart_empty: [409],
  address_not_found: [422, { addressId: text }],
  invalid_transition: [409, steps],
  order_not_cancelable: [409, steps],
  order_not_payable: [409, steps],
  amount_mismatch: [422, { expected: money, given: money }],
  payment_declined: [402, { reasonCode: text, retryable: oneOf(true, false), options: [oneOf('retry', 'cancel')] }],
  refund_exceeds_captured: [409, { captured: money, refunded: money, pending: money }],
  idempotency_key_required: [400],
  idempotency_key_reused: [422],
  idempotency_in_flight: [409],
  version_mismatch: [412, { currentRevision: whole }],
  invalid_signature: [401],
  payload_too_large: [413],
  unsupported_media_type: [415],
  rate_limited: [429],
  not_caught_up: [503],
  gateway_unavailable: [503],
  service_unavailable: [503],
};

const WITH_RETRY_AFTER = new Set(['rate_limited', 'not_caught_up', 'gateway_unavailable', 'service_unavailable']);

function isFault(fault: unknown): boolean {
  const { pointer, parameter, code, message } = fault as Readonly<Record<string, unknown>>;
  const place = pointer === undefined ? typeof parameter === 'string' && parameter !== '' : typeof pointer === 'string' && /^(\/.*)?$/s.test(pointer) && parameter === undefined;
  return place && typeof code === 'string' && typeof message === 'string';
}

/** What an answer says of itself, once it has been seen to be a problem document of its code: status, fields and headers. */
export function problemIn({ status, headers, body }: Answer): Readonly<Record<string, unknown>> & { readonly code: string } {
  const { type, title, detail, instance, code, ...rest } = body as Readonly<Record<string, unknown>>;
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect([typeof type, typeof title, rest['status']]).toEqual(['string', 'string', status]);
  expect([detail, instance].every((value) => value === undefined || typeof value === 'string')).toBe(true);
  const [known, fields = {}] = PROBLEMS[String(code)] ?? [];
  expect([code, status]).toEqual([code, known]);
  const given = Object.fromEntries(Object.keys(fields).flatMap((field) => (field in rest ? [[field, rest[field]]] : [])));
  expect(misfits(given, fields)).toEqual([]);
  if (WITH_RETRY_AFTER.has(String(code))) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(JSON.stringify(body)).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b/);
  return { ...rest, code: String(code) };
}

/** The places that a refused request names: pointers and parameters. */
export function faultyPlaces(answer: Answer): readonly string[] {
  const { code, errors } = problemIn(answer);
  expect(code).toBe('validation_failed');
  return (errors as readonly { pointer?: string; parameter?: string }[]).map(({ pointer, parameter }) => pointer ?? parameter ?? '');
}
