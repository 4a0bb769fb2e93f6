const orderId = '2d9a4c1e-8f3b-5a6d-b7c8-9e0f1a2b3c4d';
const paymentId = '0192f1c2-7f10-5d3a-9c1e-3b8f5a7d2e40';
const eur = (amount: number) => ({ amount, currency: 'EUR' });

export const exampleOrder = {
  orderId,
  customerId: '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43',
  status: 'pending',
  paymentStatus: 'none',
  stockStatus: 'held',
  compensating: false,
  lines: [{ productId: 'darjeeling-100', name: 'Darjeeling First Flush, 100 g', unitPrice: eur(1290), quantity: 2, lineTotal: eur(2580) }],
  total: eur(2580),
  address: { name: 'Ada Lovelace', line1: '12 St James Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
  placedAt: '2026-01-31T11:57:00.000Z',
  expiresAt: '2026-01-31T12:27:00.000Z',
  revision: 1,
};

export const exampleShippedOrder = { ...exampleOrder, status: 'shipped', paymentStatus: 'paid', stockStatus: 'committed', tracking: 'XY-123456789', revision: 9 };

export const exampleCanceledOrder = { ...exampleOrder, status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released', revision: 12 };

export const exampleCancelingOrder = { ...exampleCanceledOrder, paymentStatus: 'paid', compensating: true, revision: 8 };

export const exampleTimelineEntry = {
  type: 'stock-held',
  time: '2026-01-31T11:57:00.012Z',
  actor: 'system:inventory.reservations',
  causationId: 'fd11c7ca-d48d-53b2-aeb0-2f7829c51a33',
  eventId: '737b03a2-02c1-526d-869a-bfdcfaa1a736',
  subject: 'stock-darjeeling-100',
  sequence: 4,
  productId: 'darjeeling-100',
  quantity: 2,
};

export const examplePaymentToAct = {
  paymentId,
  orderId,
  method: 'card_redirect',
  amount: eur(2580),
  status: 'requires_action',
  nextAction: { type: 'redirect', url: 'http://127.0.0.1:3000/sandbox/checkout/int_0192f1c27f1170008000000000000001', expiresAt: '2026-01-31T12:27:00.000Z' },
  captured: eur(0),
  refunded: eur(0),
  refunds: [],
};

export const examplePage = (element: unknown) => ({ data: [element], page: { next: null } });
