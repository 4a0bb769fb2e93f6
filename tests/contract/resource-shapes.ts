import { atLeast, flag, matching, oneOf, optional, type Shape, text, time, uuid, whole } from './shape';

export const money: Shape = { amount: atLeast(0), currency: matching(/^[A-Z]{3}$/) };
export const productId = matching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
export const pageOf = (element: Shape): Shape => ({ data: [element], page: { next: (next) => next === null || text(next) } });

const line: Shape = { productId, name: text, unitPrice: money, quantity: atLeast(1), lineTotal: money };
export const shortage: Shape = { productId, requested: atLeast(1), available: atLeast(0) };
export const priceChange: Shape = { productId, oldUnitPrice: money, newUnitPrice: money };
const limit: Shape = { productId, limit: atLeast(1), alreadyBought: atLeast(0), inCart: atLeast(0) };

const isProblemOfCart = oneOf('price_changed', 'insufficient_stock', 'purchase_limit_exceeded', 'product_withdrawn');
export const cart: Shape = {
  revision: whole,
  lines: [line],
  total: money,
  problems: [(problem) => isProblemOfCart((problem as { code?: unknown }).code) && productId((problem as { productId?: unknown }).productId)],
};
export const cartCheck: Shape = { ok: flag, shortages: [shortage], priceChanges: [priceChange], limits: [limit] };

const addressFields: Shape = {
  name: text, line1: text, line2: optional(text), city: text, region: optional(text), postalCode: text, country: matching(/^[A-Z]{2}$/), phone: optional(text),
};
export const address: Shape = { addressId: uuid, ...(addressFields as Readonly<Record<string, Shape>>) };
export const me: Shape = { customerId: uuid, email: text, name: text };

export const order: Shape = {
  orderId: uuid,
  customerId: uuid,
  status: oneOf('pending', 'confirmed', 'processing', 'shipped', 'delivered', 'rejected', 'expired', 'canceled'),
  paymentStatus: oneOf('none', 'pending', 'authorized', 'paid', 'failed', 'partially_refunded', 'refunded', 'voided'),
  stockStatus: oneOf('requested', 'held', 'committed', 'released'),
  compensating: flag,
  lines: [line],
  total: money,
  address: addressFields,
  tracking: optional(text),
  placedAt: time,
  expiresAt: time,
  revision: atLeast(0),
};

export const refund: Shape = {
  refundId: uuid,
  paymentId: uuid,
  amount: money,
  reason: text,
  status: oneOf('requested', 'pending', 'succeeded', 'failed', 'needs_attention'),
  reasonCode: optional(matching(/^[a-z_]+$/)),
  attempts: atLeast(0),
  nextAttemptAt: optional(time),
};

export const payment: Shape = {
  paymentId: uuid,
  orderId: uuid,
  method: text,
  amount: money,
  status: oneOf('created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'voided', 'expired'),
  reasonCode: optional(matching(/^[a-z_]+$/)),
  nextAction: optional({ type: oneOf('redirect'), url: matching(/^http/), expiresAt: time }),
  captured: money,
  refunded: money,
  transaction: optional({ provider: oneOf('sandbox'), reference: text, amount: money, time }),
  refunds: [refund],
};

export const product: Shape = {
  productId,
  name: text,
  description: optional((value) => typeof value === 'string'),
  price: money,
  available: atLeast(0),
  onSale: flag,
  purchaseLimit: optional({ quantity: atLeast(1), days: optional(atLeast(1)) }),
};
export const stock: Shape = { productId, onHand: atLeast(0), held: atLeast(0), committed: atLeast(0), available: whole };
export const movement: Shape = {
  revision: atLeast(0),
  time,
  type: oneOf('adjusted', 'held', 'committed', 'released', 'shipped'),
  quantity: whole,
  orderId: optional(uuid),
  reason: optional(text),
};

export const session: Shape = { accessToken: matching(/^[\w-]+\.[\w-]+\.[\w-]+$/), tokenType: oneOf('Bearer'), expiresIn: atLeast(1) };
