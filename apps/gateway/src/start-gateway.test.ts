import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenVerifier } from '@tillroll/http';
import { readSettings } from '@tillroll/settings';
import { type RunningGateway, startGateway } from './start-gateway';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A service that remembers what it was asked, and answers as a test wants. */
class PretendedService {
  readonly seen: Seen[] = [];
  answer: (request: Seen, response: ServerResponse) => void = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', etag: '"1"', 'keep-alive': 'timeout=65' }).end('{"ok":true}');
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      this.seen.push(seen);
      this.answer(seen, response);
    });
  });

  async open(port = 0): Promise<string> {
    await new Promise<void>((done) => this.server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }
}

const TOKEN = 'the token of the services'.replaceAll(' ', '-');
const verifier: TokenVerifier = { verify: async (token) => (token.startsWith('good') ? { customerId: token, roles: [], expiresAt: Number.MAX_SAFE_INTEGER } : undefined) };
const good = { authorization: 'Bearer good' };

describe('the gateway', () => {
  let service: PretendedService;
  let gateway: RunningGateway;
  let address: string;

  async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const urls = Object.fromEntries(['CART', 'ORDER', 'INVENTORY', 'PAYMENT', 'CUSTOMER', 'SANDBOX'].map((name) => [`${name}_URL`, address]));
    const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', ...urls, ...more });
    gateway = await startGateway({ settings, serviceToken: TOKEN, verifier });
  }
  const call = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, { redirect: 'manual', ...init });

  beforeEach(async () => {
    service = new PretendedService();
    address = await service.open();
  });
  afterEach(async () => {
    await gateway.stop();
    await service.close();
  });

  it('sends requests on as they are, with its own token, and answers back', async () => {
    await open();
    const answer = await call('/v1/orders?x=%20y', {
      method: 'POST', body: '{"addressId": 1}', headers: { ...good, 'content-type': 'application/json', 'idempotency-key': 'k', 'tillroll-service-token': 'forged', 'x-forwarded-for': '10.1.1.1', 'x-forwarded-host': 'evil.example.com' },
    });
    expect([answer.status, answer.headers.get('etag'), await answer.json()]).toEqual([200, '"1"', { ok: true }]);
    expect(service.seen).toMatchObject([{ method: 'POST', url: '/v1/orders?x=%20y', body: '{"addressId": 1}' }]);
    expect(service.seen[0]?.headers).toMatchObject({ ...good, 'content-type': 'application/json', 'idempotency-key': 'k', 'tillroll-service-token': TOKEN, 'x-forwarded-for': '127.0.0.1' });
    expect(service.seen[0]?.headers).not.toHaveProperty('x-forwarded-host');
  });

  it('believes as many proxies as it is told to', async () => {
    await open({ TRUST_PROXY: '1' });
    await call('/v1/products', { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } });
    expect(service.seen[0]?.headers['x-forwarded-for']).toBe('198.51.100.7');
  });

  it('keeps bodies as they came, of whatever type, and refuses those that are too large', async () => {
    await open();
    await call('/v1/webhooks/sandbox', { method: 'POST', body: '{ "a":1 }\n', headers: { 'content-type': 'application/json; charset=utf-8', 'webhook-id': '1' } });
    expect(service.seen[0]).toMatchObject({ body: '{ "a":1 }\n', headers: { 'content-type': 'application/json; charset=utf-8' } });
    const tooLarge = await call('/v1/orders', { method: 'POST', body: 'x'.repeat(102_401), headers: { ...good, 'content-type': 'application/json' } });
    expect([tooLarge.status, ((await tooLarge.json()) as { code: string }).code]).toEqual([413, 'payload_too_large']);
    expect(service.seen).toHaveLength(1);
  });

  it('tells unknown paths, other methods and callers without a token apart, and asks nobody for it', async () => {
    await open();
    const codes = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code, answer.headers.get('content-type')];
    expect(await codes(await call('/v1/nothing'))).toEqual([404, 'not_found', expect.stringContaining('application/problem+json')]);
    const other = await call('/v1/orders/1/payments', { method: 'DELETE' });
    expect([other.headers.get('allow'), ...(await codes(other))]).toEqual(['GET, HEAD, POST, OPTIONS', 405, 'method_not_allowed', expect.anything()]);
    expect(await codes(await call('/v1/cart'))).toEqual([401, 'unauthenticated', expect.anything()]);
    expect(await codes(await call('/v1/cart', { headers: { authorization: 'Bearer bad' } }))).toEqual([401, 'unauthenticated', expect.anything()]);
    expect(service.seen).toEqual([]);
  });

  it('answers 503 with Retry-After while a service is away, and goes on when it is back', async () => {
    await open();
    const { port } = new URL(address);
    await service.close();
    const away = await call('/v1/products');
    expect([away.status, away.headers.get('retry-after'), away.headers.get('content-type'), ((await away.json()) as { code: string }).code]).toEqual([503, expect.stringMatching(/^\d+$/), expect.stringContaining('problem+json'), 'service_unavailable']);
    const ready = await call('/health/ready');
    expect([ready.status, ((await ready.json()) as { parts: Record<string, unknown> }).parts['inventory']]).toEqual([503, { status: 'down', reason: 'does not answer' }]);
    expect((await call('/health/live')).status).toBe(200);
    service = new PretendedService();
    await service.open(Number(port));
    expect((await call('/v1/products')).status).toBe(200);
  });

  it('repeats a read whose answer was lost, and never a write', async () => {
    await open();
    service.answer = (_request, response) => void response.socket?.destroy();
    expect((await call('/v1/products')).status).toBe(503);
    expect((await call('/v1/orders', { method: 'POST', body: '{}', headers: { ...good, 'content-type': 'application/json' } })).status).toBe(503);
    expect(service.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  it('goes to another instance while one is away', async () => {
    const gone = new PretendedService();
    const nowhere = await gone.open();
    await gone.close();
    await open({ INVENTORY_URL: `${nowhere},${address}` });
    for (let n = 0; n < 10; n++) expect((await call('/v1/products', { headers: { authorization: `Bearer good-${n}` } })).status).toBe(200);
  });

  it('passes event streams through as they come, and ends them when it stops or their client leaves', async () => {
    await open();
    let upstream: ServerResponse | undefined;
    const closed = new Promise<void>((done) => {
      service.answer = (_request, response) => {
        upstream = response;
        response.on('close', done);
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        response.write('id: 1\ndata: {}\n\n');
      };
    });
    const leaving = new AbortController();
    const answer = await call('/v1/me/notices/stream', { headers: good, signal: leaving.signal });
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('id: 1\ndata: {}\n\n');
    upstream?.write('id: 2\ndata: {}\n\n');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('id: 2\ndata: {}\n\n');
    leaving.abort();
    await closed;
    const second = await call('/v1/me/notices/stream', { headers: good });
    const reading = second.text();
    await gateway.stop();
    expect(await reading).toBe('id: 1\ndata: {}\n\n');
  });

  it('limits callers, and those who try passwords, before any service is asked', async () => {
    await open({ RATE_LIMIT: '2/3/2' });
    const statuses = async (count: number, ask: () => Promise<Response>) => {
      const found: number[] = [];
      for (let n = 0; n < count; n++) found.push((await ask()).status);
      return found;
    };
    expect(await statuses(4, () => call('/v1/cart', { headers: good }))).toEqual([200, 200, 200, 429]);
    expect(await statuses(3, () => call('/v1/cart/items', { method: 'DELETE', headers: good }))).toEqual([200, 200, 429]);
    expect(await statuses(3, () => call('/v1/sessions', { method: 'POST', body: '{"email":"a@example.com"}', headers: { 'content-type': 'application/json' } }))).toEqual([200, 200, 429]);
    const limited = await call('/v1/cart', { headers: good });
    expect([limited.headers.get('retry-after'), ((await limited.json()) as { code: string }).code]).toEqual([expect.stringMatching(/^\d+$/), 'rate_limited']);
  });

  it('shows the description of the whole shop, a page to read it, figures, and the way to the provider', async () => {
    await open();
    expect(Object.keys(((await (await call('/openapi.json')).json()) as { paths: object }).paths)).toContain('/v1/orders/{id}/payments');
    for (const path of ['/', '/docs']) expect([path, (await call(path)).headers.get('content-type')]).toEqual([path, expect.stringContaining('text/html')]);
    expect(await (await call('/metrics')).text()).toContain('http_request_duration_seconds');
    await call('/sandbox/checkout/int_1?x=1', { method: 'POST', body: new URLSearchParams({ outcome: 'approve' }) });
    expect(service.seen).toMatchObject([{ method: 'POST', url: '/sandbox/checkout/int_1?x=1', body: 'outcome=approve' }]);
  });

  it('gathers the health of all services', async () => {
    await open();
    service.answer = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"up","parts":{"event-store":{"status":"up"}}}');
    const ready = await call('/health/ready');
    const { parts } = (await ready.json()) as { parts: Record<string, unknown> };
    expect([ready.status, parts['order']]).toEqual([200, { status: 'up', parts: { 'event-store': { status: 'up' } } }]);
    expect(Object.keys(parts).sort()).toEqual(['cart', 'customer', 'inventory', 'order', 'payment', 'sandbox-gateway']);
  });
});
