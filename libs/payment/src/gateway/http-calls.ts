import { Pool } from 'undici';
import { GatewayUnavailable } from './port';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when it was no JSON. */
  readonly json: unknown;
  readonly retryAfterMs: number | undefined;
}

export interface HttpCallsOptions {
  /** `http://host:port/path`; asked for with the first call, so that it may become known late. */
  readonly baseUrl: string | (() => string);
  /** For a whole call: waiting for a connection, sending and reading. */
  readonly timeoutMs: number;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
}

const LARGEST_ANSWER = 1024 * 1024;

/** JSON calls over a bounded number of kept connections. */
export class HttpCalls {
  private opened: { readonly pool: Pool; readonly base: string } | undefined;
  private closed = false;

  constructor(private readonly options: HttpCallsOptions) {}

  /** Rejects with `GatewayUnavailable` when there is no answer: refused, cut off, too late, aborted or closed. */
  async send({ method, path, headers = {}, body, signal }: HttpCall): Promise<HttpAnswer> {
    const deadline = new AbortController();
    const stop = () => deadline.abort();
    const timer = setTimeout(stop, this.options.timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      signal?.throwIfAborted();
      const { pool, base } = this.connect();
      const answer = await pool.request({
        method,
        path: base + path,
        headers: { ...this.options.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: deadline.signal,
      });
      return {
        status: answer.statusCode,
        json: parsed(await answer.body.text()),
        retryAfterMs: seconds(answer.headers['retry-after']),
      };
    } catch (cause) {
      throw new GatewayUnavailable(deadline.signal.aborted ? 'the payment provider did not answer in time' : 'the payment provider cannot be reached', { cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.opened?.pool.destroy();
  }

  private connect() {
    if (this.closed) throw new Error('closed');
    if (this.opened !== undefined) return this.opened;
    const { baseUrl, connections, timeoutMs } = this.options;
    const { origin, pathname } = new URL(typeof baseUrl === 'string' ? baseUrl : baseUrl());
    const pool = new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: LARGEST_ANSWER,
    });
    this.opened = { pool, base: pathname.replace(/\/$/, '') };
    return this.opened;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function seconds(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
