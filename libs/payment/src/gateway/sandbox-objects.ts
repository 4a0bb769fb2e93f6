import type { Money } from '@tillroll/kernel';
import type { GatewayIntent, GatewayIntentStatus, GatewayReasonCode, GatewayRefund, GatewayRefundStatus } from './port';

/** What the sandbox sent is not what it promises. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

const intentStatuses: ReadonlySet<unknown> = new Set<GatewayIntentStatus>([
  'requires_action',
  'processing',
  'authorized',
  'captured',
  'failed',
  'canceled',
]);
const refundStatuses: ReadonlySet<unknown> = new Set<GatewayRefundStatus>(['pending', 'succeeded', 'failed']);
const reasonCodes: ReadonlySet<unknown> = new Set<GatewayReasonCode>([
  'card_declined',
  'insufficient_funds',
  'card_expired',
  'authentication_failed',
  'processing_error',
  'expired',
  'canceled',
  'refund_declined',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Throws {@link UnreadableAnswer}. */
export function fieldsOf(json: unknown): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new UnreadableAnswer('no object where one belongs');
  return json as Fields;
}

/** Throws {@link UnreadableAnswer}. */
export function readIntent(json: unknown): GatewayIntent {
  const fields = fieldsOf(json);
  const status = fields.status;
  if (!isIntentStatus(status)) throw new UnreadableAnswer('an intent without a known status');
  return {
    reference: text(fields, 'id'),
    paymentId: text(fields, 'paymentId'),
    orderId: text(fields, 'orderId'),
    method: text(fields, 'method'),
    status,
    amount: money(fields, 'amount'),
    captured: money(fields, 'captured'),
    refunded: money(fields, 'refunded'),
    ...(status === 'failed' || status === 'canceled' ? { reasonCode: reasonCode(fields) } : {}),
    ...(status === 'failed' ? { retryable: true } : {}),
    ...(status === 'requires_action' && fields.nextAction !== undefined ? { nextAction: nextAction(fieldsOf(fields.nextAction)) } : {}),
    time: text(fields, 'updatedAt'),
  };
}

/** Throws {@link UnreadableAnswer}. */
export function readRefund(json: unknown): GatewayRefund {
  const fields = fieldsOf(json);
  const status = fields.status;
  if (!isRefundStatus(status)) throw new UnreadableAnswer('a refund without a known status');
  return {
    reference: text(fields, 'id'),
    intentReference: text(fields, 'intentId'),
    refundId: text(fields, 'refundId'),
    paymentId: text(fields, 'paymentId'),
    orderId: text(fields, 'orderId'),
    status,
    amount: money(fields, 'amount'),
    ...(status === 'failed' ? { reasonCode: reasonCode(fields) } : {}),
    time: text(fields, 'createdAt'),
  };
}

/** Throws {@link UnreadableAnswer}. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new UnreadableAnswer(`${name} is missing`);
  return value;
}

function money(fields: Fields, name: string): Money {
  const amount = fields[name];
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) throw new UnreadableAnswer(`${name} is no amount`);
  return { amount, currency: text(fields, 'currency') };
}

const nextAction = (fields: Fields) => ({ type: 'redirect' as const, url: text(fields, 'url'), expiresAt: text(fields, 'expiresAt') });

const isIntentStatus = (value: unknown): value is GatewayIntentStatus => intentStatuses.has(value);
const isRefundStatus = (value: unknown): value is GatewayRefundStatus => refundStatuses.has(value);
const isReasonCode = (value: unknown): value is GatewayReasonCode => reasonCodes.has(value);

const reasonCode = ({ reasonCode }: Fields): GatewayReasonCode => (isReasonCode(reasonCode) ? reasonCode : 'unknown');
