import type { EpochMs } from '@tillroll/kernel';
import type { GatewayStep } from '../automation/next-steps';
import { type GatewayIntent, GatewayRefused, type PaymentGateway } from '../gateway/port';
import type { PaymentCommand } from '../write/payment-commands';
import type { KnownPayment } from '../write/payment-state';

export interface Asking {
  readonly gateway: PaymentGateway;
  readonly now: () => EpochMs;
  /** How long after each failed attempt to pay back the next one is made. */
  readonly retryAfterMs: readonly number[];
}

/**
 * Makes one call and says what is to be recorded of its answer; undefined when it brought nothing. Rejects with
 * `GatewayUnavailable` when the outcome is unknown: the same step is then repeated with the same key.
 */
export async function askGateway(payment: KnownPayment, step: GatewayStep, asking: Asking): Promise<PaymentCommand | undefined> {
  const { gateway } = asking;
  switch (step.do) {
    case 'create':
      return create(payment, step.key, gateway);
    case 'search': {
      const intent = await search(payment, gateway);
      return intent === undefined ? { type: 'RecordAbsence', at: asking.now() } : recorded(payment, intent);
    }
    case 'look':
      return look(payment, step.reference, gateway);
    case 'cancel':
      return cancel(payment, step, gateway);
    case 'capture':
      return capture(payment, step, gateway);
    case 'refund':
    case 'lookAtRefund':
      return payBack(payment, step, asking);
  }
}

/** An intent of another payment says nothing about this one. */
const recorded = (payment: KnownPayment, intent: GatewayIntent): PaymentCommand | undefined =>
  intent.paymentId === payment.paymentId ? { type: 'RecordGatewayOutcome', intent } : undefined;

async function create(payment: KnownPayment, gatewayKey: string, gateway: PaymentGateway): Promise<PaymentCommand | undefined> {
  const { paymentId, orderId, amount, method, returnUrl, payUntil } = payment;
  const request = { paymentId, orderId, amount, method, gatewayKey, payUntil: Date.parse(payUntil), ...(returnUrl === undefined ? {} : { returnUrl }) };
  const intent = await unlessRefused(gateway.createIntent(request));
  return intent instanceof GatewayRefused ? { type: 'RecordGatewayRefusal', reasonCode: intent.code } : recorded(payment, intent);
}

async function search({ paymentId, orderId }: KnownPayment, gateway: PaymentGateway): Promise<GatewayIntent | undefined> {
  for (let cursor: string | undefined; ; ) {
    const { intents, next } = await gateway.listIntents({ orderId, limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    const found = intents.find((intent) => intent.paymentId === paymentId);
    if (found !== undefined || next === undefined) return found;
    cursor = next;
  }
}

async function look(payment: KnownPayment, reference: string, gateway: PaymentGateway): Promise<PaymentCommand | undefined> {
  const intent = await unlessRefused(gateway.getIntent(reference));
  return intent instanceof GatewayRefused ? undefined : recorded(payment, intent);
}

type Keyed = { readonly reference: string; readonly key: string };

async function cancel(payment: KnownPayment, { reference, key }: Keyed, gateway: PaymentGateway): Promise<PaymentCommand | undefined> {
  const intent = await unlessRefused(gateway.cancel(reference, key));
  if (!(intent instanceof GatewayRefused)) return recorded(payment, intent);
  return intent.code === 'not_found' ? { type: 'RecordNothingToCancel' } : look(payment, reference, gateway);
}

async function capture(payment: KnownPayment, { reference, key }: Keyed, gateway: PaymentGateway): Promise<PaymentCommand | undefined> {
  const intent = await unlessRefused(gateway.capture(reference, key));
  return intent instanceof GatewayRefused ? look(payment, reference, gateway) : recorded(payment, intent);
}

type RefundStep = Extract<GatewayStep, { do: 'refund' | 'lookAtRefund' }>;

async function payBack(payment: KnownPayment, step: RefundStep, { gateway, now, retryAfterMs }: Asking): Promise<PaymentCommand | undefined> {
  const { refundId, attempt } = step;
  const amount = payment.refunds.find((refund) => refund.refundId === refundId)?.amount;
  const { reference } = payment;
  if (amount === undefined || reference === undefined) return undefined;
  const call = step.do === 'refund' ? gateway.refund({ reference, refundId, amount, key: step.key }) : gateway.getRefund(step.reference);
  const refund = await unlessRefused(call);
  const outcome = refund instanceof GatewayRefused ? ({ status: 'refused', reasonCode: refund.code } as const) : refund;
  return { type: 'RecordRefundOutcome', refundId, attempt, outcome, at: now(), retryAfterMs };
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | GatewayRefused> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof GatewayRefused) return error;
    throw error;
  }
}
