import type { Clock } from '@tillroll/kernel';
import { Pool } from 'undici';
import type { StoredWebhook } from '../ledger/ledger';
import { webhookHeaders, webhookKey } from './sign-webhook';

export interface Attempt {
  /** The receiver answered 2xx. */
  readonly acknowledged: boolean;
  /** For a log: the status, or why there was none. */
  readonly answer: string;
}

export interface WebhookDelivery {
  /** Never rejects. */
  attempt(webhook: StoredWebhook): Promise<Attempt>;
  /** Ends attempts under way. */
  close(): Promise<void>;
}

export interface DeliveryOptions {
  /** Where to; undefined while that is not known yet. */
  readonly url: () => string | undefined;
  /** `whsec_<base64>`. */
  readonly secret: string;
  readonly clock: Clock;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
}

const CONNECTIONS = 16;
const DEFAULT_TIMEOUT_MS = 10_000;

/** Over HTTP with kept connections, signed anew for each attempt (Standard Webhooks). */
export function deliverOverHttp(options: DeliveryOptions): WebhookDelivery {
  const { clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const key = webhookKey(options.secret);
  let connection: { readonly pool: Pool; readonly path: string } | undefined;

  function connect() {
    const url = options.url();
    if (url === undefined) return undefined;
    const { origin, pathname, search } = new URL(url);
    const pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs },
    });
    return { pool, path: pathname + search };
  }

  return {
    async attempt({ id, body }) {
      try {
        connection ??= connect();
        if (connection === undefined) return { acknowledged: false, answer: 'the address is not known yet' };
        const headers = webhookHeaders(key, id, Math.floor(clock.now() / 1000), body);
        const answer = await connection.pool.request({ method: 'POST', path: connection.path, headers, body });
        await answer.body.dump();
        return { acknowledged: answer.statusCode >= 200 && answer.statusCode < 300, answer: String(answer.statusCode) };
      } catch (error) {
        return { acknowledged: false, answer: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
      }
    },
    async close() {
      await connection?.pool.destroy();
    },
  };
}
