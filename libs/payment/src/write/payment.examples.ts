import type { GatewayIntent, GatewayRefund } from '../gateway/port';
import type { PaymentEvent } from './payment-events';

export const T0 = Date.parse('2030-01-01T12:00:00.000Z');
export const at = (seconds: number): string => new Date(T0 + seconds * 1_000).toISOString();

export const ids = {
  paymentId: '7f3b8b0e-0000-5000-8000-000000000001',
  orderId: '7f3b8b0e-0000-5000-8000-000000000002',
  customerId: '7f3b8b0e-0000-7000-8000-000000000003',
};
export const eur = (amount: number) => ({ amount, currency: 'EUR' });
export const reference = 'in_1';

export const initiated: PaymentEvent = {
  type: 'PaymentInitiated',
  ...ids,
  amount: eur(5_000),
  method: 'card_ok',
  returnUrl: 'https://shop.example/return',
  provider: 'sandbox',
  payUntil: at(1_800),
};
export const nextAction = { type: 'redirect', url: 'https://pay.example/in_1', expiresAt: at(900) } as const;
export const actionRequired: PaymentEvent = { type: 'PaymentActionRequired', ...ids, reference, nextAction };
export const processing: PaymentEvent = { type: 'PaymentProcessing', ...ids, reference };
export const authorized: PaymentEvent = { type: 'PaymentAuthorized', ...ids, amount: eur(5_000), provider: 'sandbox', reference, time: at(1) };
export const captured: PaymentEvent = { type: 'PaymentCaptured', ...ids, amount: eur(5_000), provider: 'sandbox', reference, time: at(1) };
export const failed: PaymentEvent = { type: 'PaymentFailed', ...ids, reasonCode: 'card_declined', retryable: true };
export const voidRequested: PaymentEvent = { type: 'PaymentVoidRequested', ...ids, because: 'canceled' };
export const voided: PaymentEvent = { type: 'PaymentVoided', ...ids };
export const expired: PaymentEvent = { type: 'PaymentExpired', ...ids };

export const intent = (change: Partial<GatewayIntent> = {}): GatewayIntent => ({
  reference,
  paymentId: ids.paymentId,
  orderId: ids.orderId,
  method: 'card_ok',
  status: 'captured',
  amount: eur(5_000),
  captured: change.status === undefined || change.status === 'captured' ? (change.amount ?? eur(5_000)) : eur(0),
  refunded: eur(0),
  time: at(1),
  ...change,
});

export const gatewayRefund = (change: Partial<GatewayRefund> = {}): GatewayRefund => ({
  reference: 're_1',
  intentReference: reference,
  status: 'succeeded',
  amount: eur(1_000),
  time: at(2),
  ...change,
});
