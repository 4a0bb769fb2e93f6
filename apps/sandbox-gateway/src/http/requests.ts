import { Ajv, type JSONSchemaType, type ValidateFunction } from 'ajv';
import { LONGEST_DELAY_MS, type ChaosSettings, wellBehaved } from '../chaos/chaos';
import type { IntentRequest } from '../intents/intent';
import { Refusal } from '../intents/refusal';
import type { RefundRequest } from '../intents/refund';

const ajv = new Ajv({ allErrors: false, coerceTypes: false, allowUnionTypes: true });

/** Printable ASCII without blanks. */
const reference = { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' } as const;
const amount = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
/** A gift is paid for with nothing. */
const amountOrNothing = { ...amount, minimum: 0 } as const;
const currency = { type: 'string', pattern: '^[A-Z]{3}$' } as const;
const rate = { type: 'number', minimum: 0, maximum: 1, nullable: true } as const;

interface IntentBody extends Omit<IntentRequest, 'payUntil'> {
  /** RFC 3339. */
  readonly payUntil?: string;
}

const intentBody = ajv.compile<IntentBody>({
  type: 'object',
  additionalProperties: false,
  required: ['paymentId', 'orderId', 'amount', 'currency', 'method'],
  properties: {
    paymentId: reference,
    orderId: reference,
    amount: amountOrNothing,
    currency,
    method: reference,
    returnUrl: { type: 'string', maxLength: 2048 },
    captureLater: { type: 'boolean' },
    payUntil: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$' },
  },
});

const refundBody = ajv.compile<RefundRequest>({
  type: 'object',
  additionalProperties: false,
  required: ['intentId', 'refundId', 'amount'],
  properties: { intentId: reference, refundId: reference, amount, currency },
});

const chaosSchema: JSONSchemaType<Partial<ChaosSettings>> = {
  type: 'object',
  additionalProperties: false,
  properties: {
    delayMs: { type: 'integer', minimum: 0, maximum: LONGEST_DELAY_MS, nullable: true },
    duplicate: rate,
    drop: rate,
    reorder: rate,
    errorRate: rate,
    hangRate: rate,
  },
};
const chaosBody = ajv.compile(chaosSchema);

export function readIntentRequest(body: unknown): IntentRequest {
  const { payUntil, ...request } = valid(intentBody, body);
  if (request.returnUrl !== undefined) refuseUnlessWebAddress(request.returnUrl);
  if (payUntil === undefined) return request;
  const at = Date.parse(payUntil);
  if (Number.isNaN(at)) throw new Refusal('invalid_request', '/payUntil is no time');
  return { ...request, payUntil: at };
}

export const readRefundRequest = (body: unknown): RefundRequest => valid(refundBody, body);

/** What is left out is switched off. */
export const readChaos = (body: unknown): ChaosSettings => ({ ...wellBehaved, ...valid(chaosBody, body) });

export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined || header === '') throw new Refusal('idempotency_key_required', 'this call needs an Idempotency-Key');
  if (typeof header !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(header))
    throw new Refusal('invalid_request', 'an Idempotency-Key is 1 to 255 characters of printable ASCII');
  return header;
}

export interface IntentsQuery {
  readonly orderId?: string;
  readonly before?: number;
  readonly limit: number;
}

export function readIntentsQuery(query: Readonly<Record<string, unknown>>): IntentsQuery {
  const { orderId, cursor, limit } = query;
  return {
    ...(orderId === undefined ? {} : { orderId: text(orderId, 'orderId') }),
    ...(cursor === undefined ? {} : { before: readCursor(text(cursor, 'cursor')) }),
    limit: limit === undefined ? 20 : readLimit(text(limit, 'limit')),
  };
}

export const cursorOf = (before: number): string => Buffer.from(`before:${before}`).toString('base64url');

function readCursor(cursor: string): number {
  const before = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (before === undefined) throw new Refusal('invalid_request', 'the cursor is none of ours');
  return Number(before);
}

function readLimit(limit: string): number {
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100)
    throw new Refusal('invalid_request', 'limit is a whole number from 1 to 100');
  return Number(limit);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Refusal('invalid_request', `${name} is given twice`);
  return value;
}

function valid<T>(validate: ValidateFunction<T>, body: unknown): T {
  if (validate(body)) return body;
  const [fault] = validate.errors ?? [];
  throw new Refusal('invalid_request', `${fault?.instancePath === '' ? 'the body' : fault?.instancePath} ${fault?.message}`);
}

/** Its origin goes into a policy header, so that only plain host names are taken. */
function refuseUnlessWebAddress(returnUrl: string): void {
  const url = URL.parse(returnUrl);
  const plainHost = url !== null && /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname);
  if (!plainHost || (url.protocol !== 'http:' && url.protocol !== 'https:') || /[^\x21-\x7e]/.test(returnUrl))
    throw new Refusal('invalid_request', '/returnUrl must be an absolute http or https address');
}
