import type { Clock } from '@tillroll/kernel';
import { type HttpAnswer, type HttpCall, HttpCalls } from './http-calls';
import { GatewayRefused, type GatewayRefusal, GatewayUnavailable, type PaymentGateway } from './port';
import { fieldsOf, readIntent, readRefund, UnreadableAnswer } from './sandbox-objects';
import { readNotification } from './sandbox-notification';
import { standardWebhookVerifier } from './webhook-signature';

export interface SandboxPaymentGatewayOptions {
  /** Of the provider's API, for example `http://127.0.0.1:3000/sandbox/v1`; a function when it is known only later. */
  readonly baseUrl: string | (() => string);
  readonly apiKey: string;
  /** `whsec_<base64>` */
  readonly webhookSecret: string;
  readonly clock: Clock;
  /** For a whole call. Default: 5 s. */
  readonly timeoutMs?: number;
  /** At most so many calls at once; further ones wait within their time limit. Default: 64. */
  readonly connections?: number;
}

export const SANDBOX_PROVIDER = 'sandbox';

/** Talks to the sandbox provider over HTTP, as an adapter talks to any provider. Opens no connection before the first call. */
export function sandboxPaymentGateway(options: SandboxPaymentGatewayOptions): PaymentGateway {
  const { baseUrl, apiKey, webhookSecret, clock, timeoutMs = 5_000, connections = 64 } = options;
  const calls = new HttpCalls({ baseUrl, timeoutMs, connections, headers: { authorization: `Bearer ${apiKey}` } });
  const verify = standardWebhookVerifier(webhookSecret);

  const call = async <T>(request: HttpCall, read: (json: unknown) => T): Promise<T> => understood(await calls.send(request), read);
  const post = (path: string, key: string, body: unknown, signal: AbortSignal | undefined): HttpCall => ({
    method: 'POST',
    path,
    headers: { 'idempotency-key': key },
    body,
    signal,
  });
  const get = (path: string, signal: AbortSignal | undefined): HttpCall => ({ method: 'GET', path, signal });

  return {
    provider: SANDBOX_PROVIDER,

    createIntent({ gatewayKey, amount, payUntil, ...asked }, { signal } = {}) {
      const body = { ...asked, ...amount, ...(payUntil === undefined ? {} : { payUntil: new Date(payUntil).toISOString() }) };
      return call(post('/intents', gatewayKey, body, signal), readIntent);
    },

    getIntent: (reference, { signal } = {}) => call(get(`/intents/${encodeURIComponent(reference)}`, signal), readIntent),

    listIntents(query, { signal } = {}) {
      const parameters = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
      return call(get(`/intents?${parameters.toString()}`, signal), readIntents);
    },

    capture: (reference, key, { signal } = {}) =>
      call(post(`/intents/${encodeURIComponent(reference)}/capture`, key, undefined, signal), readIntent),

    cancel: (reference, key, { signal } = {}) =>
      call(post(`/intents/${encodeURIComponent(reference)}/cancel`, key, undefined, signal), readIntent),

    refund: ({ reference, refundId, amount, key }, { signal } = {}) =>
      call(post('/refunds', key, { intentId: reference, refundId, ...amount }, signal), readRefund),

    getRefund: (reference, { signal } = {}) => call(get(`/refunds/${encodeURIComponent(reference)}`, signal), readRefund),

    verifyWebhook(headers, rawBody) {
      const body = typeof rawBody === 'string' ? Buffer.from(rawBody) : rawBody;
      const eventId = verify(headers, body, clock.now());
      return readNotification(eventId, body, clock.now());
    },

    close: () => calls.close(),
  };
}

function readIntents(json: unknown) {
  const { data, page } = fieldsOf(json);
  const { next } = fieldsOf(page);
  if (!Array.isArray(data)) throw new UnreadableAnswer('no list where one belongs');
  const intents = data.map(readIntent);
  return typeof next === 'string' ? { intents, next } : { intents };
}

const refusals: Readonly<Record<string, GatewayRefusal>> = {
  unsupported_method: 'unsupported_method',
  idempotency_key_reused: 'key_reused',
  not_found: 'not_found',
  not_capturable: 'not_capturable',
  not_cancelable: 'not_cancelable',
  refund_exceeds_captured: 'refund_exceeds_captured',
};

/** Not about the request but about the two programs: it may succeed later, unchanged. */
const passing: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

function understood<T>({ status, json, retryAfterMs }: HttpAnswer, read: (json: unknown) => T): T {
  try {
    if (status >= 200 && status < 300) return read(json);
    if (status >= 400 && status < 500 && !passing.has(status)) {
      const { error, intent } = fieldsOf(json);
      const { code } = fieldsOf(error);
      if (code === 'payment_declined') return read(intent);
      throw new GatewayRefused(refusals[String(code)] ?? 'invalid_request', intent === undefined ? undefined : readIntent(intent));
    }
  } catch (error) {
    if (error instanceof GatewayRefused) throw error;
    throw new GatewayUnavailable(`the payment provider's answer (${status}) cannot be read`, { cause: error });
  }
  throw new GatewayUnavailable(`the payment provider answered ${status}`, retryAfterMs === undefined ? {} : { retryAfterMs });
}
