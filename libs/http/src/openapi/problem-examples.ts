import { problem } from '../problems/problem';
import { type ProblemCode, PROBLEMS } from '../problems/problem-codes';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const ORDER = '01977c3a-5e1b-7c42-9f6a-3d2b8a4c1e90';
const limit = { productId: 'tea-green-100', limit: 2, alreadyBought: 1, inCart: 1, requested: 1 };

/** What explains a refusal, for those codes that carry data. */
const DATA: Partial<Record<ProblemCode, Readonly<Record<string, unknown>>>> = {
  validation_failed: { errors: [{ pointer: '/quantity', code: 'wrong_type', message: 'must be a whole number' }] },
  product_not_found: { productId: 'tea-green-100' },
  item_not_in_cart: { productId: 'tea-green-100' },
  already_exists: { field: 'email' },
  insufficient_stock: { shortages: [{ productId: 'tea-green-100', requested: 3, available: 2 }] },
  purchase_limit_exceeded: limit,
  cart_changed: { expectedTotal: eur(7480), currentTotal: eur(7980), changes: [{ productId: 'pot-cast-iron', oldUnitPrice: eur(5900), newUnitPrice: eur(6400) }] },
  cart_locked: { retryAfterMs: 1500 },
  address_not_found: { addressId: ORDER },
  invalid_transition: { from: 'shipped', to: 'processing', allowed: ['delivered'] },
  order_not_cancelable: { from: 'shipped', allowed: ['delivered'] },
  order_not_payable: { from: 'canceled', allowed: [] },
  amount_mismatch: { expected: eur(7480), given: eur(7000) },
  payment_declined: { reasonCode: 'insufficient_funds', retryable: true, options: ['retry', 'cancel'] },
  refund_exceeds_captured: { captured: eur(7480), refunded: eur(7000), pending: eur(0) },
  version_mismatch: { currentRevision: 8 },
};

/** The document that a client gets. */
export const problemExample = (code: ProblemCode): unknown => JSON.parse(problem(code, DATA[code] ?? {}).body);

export const ALL_CODES = Object.keys(PROBLEMS).sort() as readonly ProblemCode[];
