/** What every problem of one code has in common. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Sent as `Retry-After` unless the refusal knows better (`retryAfterMs`). */
  readonly retryAfterSeconds?: number;
}

/** The one table of problems: a code's status and title never change. */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  idempotency_key_required: { status: 400, title: 'This request needs the header Idempotency-Key' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  invalid_signature: { status: 401, title: 'The signature is not valid' },
  payment_declined: { status: 402, title: 'The payment was declined' },
  forbidden: { status: 403, title: 'This is not open to you' },
  not_found: { status: 404, title: 'There is no such thing' },
  product_not_found: { status: 404, title: 'There is no such product' },
  item_not_in_cart: { status: 404, title: 'The product is not in the cart' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  already_exists: { status: 409, title: 'It exists already' },
  cart_changed: { status: 409, title: 'Prices in the cart have changed' },
  cart_empty: { status: 409, title: 'The cart is empty' },
  cart_locked: { status: 409, title: 'The cart is being checked out' },
  conflict: { status: 409, title: 'Too many changes at once; try again', retryAfterSeconds: 1 },
  idempotency_in_flight: { status: 409, title: 'The first request with this key is still running', retryAfterSeconds: 1 },
  insufficient_stock: { status: 409, title: 'Not enough is in stock' },
  invalid_transition: { status: 409, title: 'The order cannot go there from where it is' },
  order_not_cancelable: { status: 409, title: 'The order can no longer be canceled' },
  order_not_payable: { status: 409, title: 'The order cannot be paid now' },
  refund_exceeds_captured: { status: 409, title: 'More would be refunded than was captured' },
  version_mismatch: { status: 412, title: 'It has changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported here' },
  address_not_found: { status: 422, title: 'There is no such address' },
  amount_mismatch: { status: 422, title: 'The amount is not what is owed' },
  cart_full: { status: 422, title: 'The cart holds as many products as it may' },
  currency_mismatch: { status: 422, title: 'The currencies differ' },
  idempotency_key_reused: { status: 422, title: 'The key was used with another body' },
  purchase_limit_exceeded: { status: 422, title: 'The purchase limit would be exceeded' },
  stock_below_zero: { status: 422, title: 'The stock would be less than nothing' },
  total_too_large: { status: 422, title: 'The total is too large' },
  rate_limited: { status: 429, title: 'Too many requests', retryAfterSeconds: 60 },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong' },
  gateway_unavailable: { status: 503, title: 'The payment provider cannot be reached', retryAfterSeconds: 5 },
  not_caught_up: { status: 503, title: 'The answer would be older than the token', retryAfterSeconds: 1 },
  service_unavailable: { status: 503, title: 'The shop cannot do this now', retryAfterSeconds: 5 },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

export const kindOf = (code: ProblemCode): ProblemKind => PROBLEMS[code];

/** The `type` of a problem: a stable name that nobody needs to dereference. */
export const problemType = (code: string): string => `urn:tillroll:problem:${code}`;
