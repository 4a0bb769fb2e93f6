const paymentId = '0192f1c2-7f10-5d3a-9c1e-3b8f5a7d2e40';
const orderId = '0192f1c2-7e55-5a2b-8d4f-91c0a6b7e3d2';
const amount = { amount: 129_900, currency: 'EUR' };
const nothing = { amount: 0, currency: 'EUR' };

export const exampleRefund = {
  refundId: '0192f1d0-11aa-5b6c-a7d8-e9f001122334',
  paymentId,
  amount: { amount: 20_000, currency: 'EUR' },
  reason: 'One cup arrived broken.',
  status: 'succeeded',
  attempts: 1,
};

export const exampleFailedRefund = {
  ...exampleRefund,
  status: 'failed',
  reasonCode: 'refund_declined',
  nextAttemptAt: '2026-01-31T12:00:10.000Z',
};

export const examplePayment = {
  paymentId,
  orderId,
  method: 'card_ok',
  amount,
  status: 'captured',
  captured: amount,
  refunded: exampleRefund.amount,
  transaction: { provider: 'sandbox', reference: 'int_0192f1c27f1170008000000000000001', amount, time: '2026-01-31T11:58:03.120Z' },
  refunds: [exampleRefund],
};

export const examplePaymentToAct = {
  paymentId,
  orderId,
  method: 'card_redirect',
  amount,
  status: 'requires_action',
  nextAction: { type: 'redirect', url: 'http://127.0.0.1:3000/sandbox/checkout/int_0192f1c27f1170008000000000000001', expiresAt: '2026-01-31T12:28:00.000Z' },
  captured: nothing,
  refunded: nothing,
  refunds: [],
};

export const exampleMismatch = {
  paymentId,
  orderId,
  customerId: '0192f1c0-0000-7000-8000-00000000c0de',
  expected: amount,
  given: { amount: 129_900, currency: 'USD' },
  reference: 'int_0192f1c27f1170008000000000000001',
  recordedAt: '2026-01-31T11:58:04.000Z',
};

export const examplePage = (element: unknown) => ({ data: [element], page: { next: null } });
