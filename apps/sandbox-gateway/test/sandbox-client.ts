import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';

/** The fields that tests look at; which of them are there depends on the call. */
export interface AnswerJson {
  readonly id: string;
  readonly status: string;
  readonly nextAction?: { readonly url: string; readonly expiresAt: string };
  readonly error?: { readonly code: string; readonly message: string };
  readonly intent?: AnswerJson;
  readonly data: readonly AnswerJson[];
  readonly page: { readonly next: string | null };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Throws when the answer was no JSON. */
  readonly json: AnswerJson;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Speaks to the provider's API as any HTTP client does. */
export class SandboxClient {
  private readonly connections = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  async call(path: string, { method = 'GET', headers = {}, body, signal }: Call = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : `${this.url}/sandbox${path}`;
    const answer = await request(url, { dispatcher: this.connections, method, headers, body: body ?? null, signal: signal ?? null });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      get json() {
        return JSON.parse(text) as AnswerJson;
      },
    };
  }

  get = (path: string): Promise<Answer> => this.call(path, { headers: this.authorized() });

  post = (path: string, body?: unknown, more: { readonly key?: string; readonly signal?: AbortSignal } = {}): Promise<Answer> =>
    this.call(path, {
      method: 'POST',
      headers: { ...this.authorized(), 'idempotency-key': more.key ?? randomUUID(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    });

  createIntent = (method: string, more: Readonly<Record<string, unknown>> = {}, key: string = randomUUID()): Promise<Answer> =>
    this.post('/v1/intents', { paymentId: randomUUID(), orderId: randomUUID(), amount: 1_000, currency: 'EUR', method, ...more }, { key });

  refund = (intentId: string, amount: number, key: string = randomUUID()): Promise<Answer> =>
    this.post('/v1/refunds', { intentId, refundId: randomUUID(), amount, currency: 'EUR' }, { key });

  setChaos = (settings: unknown): Promise<Answer> =>
    this.call('/v1/chaos', { method: 'PUT', headers: { ...this.authorized(), 'content-type': 'application/json' }, body: JSON.stringify(settings) });

  /** Presses a button on the hosted page, as a browser without scripts does. */
  press = (url: string, outcome: string): Promise<Answer> =>
    this.call(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ outcome }).toString() });

  close = (): Promise<void> => this.connections.destroy();

  private authorized = () => ({ authorization: `Bearer ${this.key}` });
}
