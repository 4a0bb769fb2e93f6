import type { EventContract } from '../event-contract';

type Data = Readonly<Record<string, unknown>>;

const customerId = '0198f2b4-7c1e-7d34-9a51-3f6f0c2b8e11';
const cartId = 'c2a5f9be-1f0b-5c8e-8a43-6f2d7f1e9b05';
const orderId = '5d1f7a90-3b8c-5e27-b1d4-90a6c3e8f712';
const paymentId = '8b4e2c16-5a7d-5f03-9c62-1e7d4a9b3f58';
const refundId = 'f37c9e02-6d1a-5b84-a0e5-2c8b7d4f1a96';
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const lines = [
  { productId: 'green-tea-100g', name: 'Green tea, 100 g', unitPrice: euros(1_290), quantity: 2, lineTotal: euros(2_580) },
  { productId: 'teapot-cast-iron', name: 'Cast iron teapot', unitPrice: euros(6_400), quantity: 1, lineTotal: euros(6_400) },
];

/** What a field of this name holds, in one purchase that all examples tell of. */
const FIELDS: Data = {
  customerId, cartId, orderId, paymentId, refundId, lines,
  addressId: '0198f2b6-02d7-7a48-8f3c-5b1e9d6a7c20',
  requestId: 'a6d81f3e-94b2-5c70-8e1d-7f5a2c9b4d63',
  personal: 'v1.kq3Zr8yXn0aWcT5h.bm90IGEgcmVhbCBjaXBoZXJ0ZXh0',
  address: 'v1.Jw7sBf2LhQ9dUe4x.bm90IGEgcmVhbCBjaXBoZXJ0ZXh0',
  roles: [],
  productId: 'green-tea-100g',
  name: 'Green tea, 100 g',
  description: 'Sencha, first flush.',
  price: euros(1_290),
  unitPrice: euros(1_290),
  purchaseLimit: { quantity: 5, days: 30 },
  onSale: true,
  quantity: 2,
  onHand: 40, held: 2, committed: 3, delta: 40, shortfall: 2, requested: 2, available: 1,
  cartNumber: 0, checkoutNumber: 0,
  total: euros(8_980),
  amount: euros(8_980),
  lockedUntil: '2026-03-14T09:28:53.500Z',
  placedAt: '2026-03-14T09:26:53.612Z',
  expiresAt: '2026-03-14T09:56:53.612Z',
  payUntil: '2026-03-14T09:56:53.612Z',
  time: '2026-03-14T09:27:41.087Z',
  nextAttemptAt: '2026-03-14T10:31:12.000Z',
  provider: 'sandbox',
  reference: 'in_7Qm2xV9c',
  method: 'card_ok',
  returnUrl: 'https://shop.example.com/thanks',
  nextAction: { type: 'redirect', url: 'https://pay.example.com/checkout/in_7Qm2xV9c', expiresAt: '2026-03-14T09:56:53.612Z' },
  paymentStatus: 'paid',
  retryable: true,
  reasonCode: 'card_declined',
  reason: 'ordered by mistake',
  attempts: 1,
  by: 'customer',
  note: 'left with the neighbour',
  tracking: 'JD014600006281230704',
  code: 'insufficient_stock',
  detail: { shortages: [{ productId: 'green-tea-100g', requested: 2, available: 1 }] },
};

/** Where an event says something else than the others by the same name. */
const OF_EVENT: Readonly<Record<string, Data>> = {
  'product-withdrawn': { onSale: false },
  'stock-adjusted': { reason: 'delivery 4711', held: 0, committed: 0 },
  'stock-released': { reason: 'expired', held: 0 },
  'stock-committed': { held: 0, committed: 5 },
  'stock-shipped': { onHand: 38, held: 0, committed: 3 },
  'shortfall-recorded': { onHand: 3, held: 2, committed: 3 },
  'cart-unlocked': { reason: 'insufficient_stock' },
  'refund-requested': { reason: 'order canceled' },
  'refund-failed': { reasonCode: 'refund_failed' },
  'refund-needs-attention': { reasonCode: 'refund_failed', attempts: 6 },
  'refund-succeeded': { reference: 're_4Tn8kD1w' },
  'payment-action-required': { nextAction: FIELDS['nextAction'] },
};

/** An example of the event's data, with all of its fields. Throws for a field that no example is known of. */
export function exampleOf({ name, type, data }: EventContract): Data {
  const fields = { ...FIELDS, ...OF_EVENT[name] };
  return Object.fromEntries(
    Object.keys(data.properties).map((field) => {
      if (!Object.hasOwn(fields, field)) throw new TypeError(`there is no example of ${field} for ${type}`);
      return [field, fields[field]];
    }),
  );
}

/** The stream of the example. */
export function exampleSubjectOf({ context, name }: EventContract): string {
  switch (context) {
    case 'customer':
      return `customer-${customerId}`;
    case 'inventory':
      return `${name.startsWith('product-') ? 'product' : 'stock'}-${String(FIELDS['productId'])}`;
    case 'cart':
      return `cart-${cartId}`;
    case 'order':
      return `order-${orderId}`;
    default:
      return `payment-${paymentId}`;
  }
}
