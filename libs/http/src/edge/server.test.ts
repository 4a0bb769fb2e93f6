import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Body, Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { StoreUnavailable } from '@tillroll/event-store';
import { uuid7 } from '@tillroll/kernel';
import { RevisionMismatch } from '@tillroll/processing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Anyone, OwnCredentials } from '../callers/caller';
import { RawBody } from '../body/raw-body';
import { expectedRevision, setEtag } from '../entity-tags/entity-tags';
import { Text } from '../fields/fields';
import type { PartState } from '../health/health-part';
import { EdgeApp } from '../testing/edge-app';

class PersonDto {
  @Text({ max: 100 })
  email: string = '';

  @Text({ max: 100 })
  password: string = '';
}

let slow = Promise.withResolvers<object>();
let isUp: () => PartState | Promise<PartState> = () => ({ status: 'up' });
let slowCalls = 0;
const cartId = uuid7(0);

@Controller()
@Anyone()
class ServerController {
  @Get('cart')
  cart(@Res({ passthrough: true }) reply: FastifyReply) {
    setEtag(reply, cartId, 3);
    return { revision: 3 };
  }

  @Post('cart')
  @HttpCode(200)
  change(@Req() request: FastifyRequest) {
    const expected = expectedRevision(request, cartId);
    if (expected !== undefined && expected !== 3) throw new RevisionMismatch(3);
    return { revision: 3 };
  }

  @Get('slow')
  slow() {
    slowCalls++;
    return slow.promise;
  }

  @Get('full')
  full() {
    throw new StoreUnavailable('the disk is full');
  }

  @Post('people')
  fail(@Body() { email, password }: PersonDto) {
    throw new Error(`cannot write to ${email} with password ${password} and Bearer abcdef`);
  }

  @Get('page')
  @Header('content-type', 'text/html; charset=utf-8')
  page() {
    return '<style></style>';
  }

  @Post('hooks')
  @HttpCode(202)
  @OwnCredentials()
  @RawBody()
  hook(@Req() request: FastifyRequest) {
    return { bytes: request.rawBody?.toString('latin1'), body: request.body ?? null };
  }
}

describe('the server', () => {
  let edge: EdgeApp;
  beforeEach(async () => {
    slow = Promise.withResolvers();
    slowCalls = 0;
    isUp = () => ({ status: 'up' });
    edge = await EdgeApp.start({ controllers: [ServerController], parts: { health: [{ name: 'store', check: () => isUp() }, { name: 'bus', check: () => ({ status: 'up', lag: 0 }) }] } });
  });
  afterEach(() => edge.close());

  /** What comes back for bytes that are no request. */
  const raw = (bytes: string): Promise<string> => {
    const { hostname, port } = new URL(edge.url);
    return rawTo(hostname, Number(port), bytes);
  };
  const rawTo = async (hostname: string, port: number, bytes: string): Promise<string> => {
    const socket = connect(port, hostname);
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    return text;
  };

  it('tags resources, and honours If-Match', async () => {
    const tag = (await edge.call('GET', '/v1/cart')).headers.get('etag') ?? '';
    const change = async (ifMatch: string) => {
      const { status, json } = await edge.call('POST', '/v1/cart', { headers: { 'if-match': ifMatch } });
      return status === 200 ? status : [status, json?.['code'], json?.['currentRevision']];
    };
    expect(await change(tag)).toBe(200);
    expect(await change(`"x", ${tag}`)).toBe(200);
    expect(await change('*')).toBe(200);
    for (const wrong of ['"x"', `W/${tag}`]) expect(await change(wrong)).toEqual([412, 'version_mismatch', 3]);
    expect(await change('x')).toEqual([400, 'validation_failed', undefined]);
  });

  it('says when the store cannot write', async () => {
    const { status, json, headers, text } = await edge.call('GET', '/v1/full');
    expect([status, json?.['code'], headers.get('retry-after')]).toEqual([503, 'service_unavailable', '5']);
    expect(text).not.toContain('disk');
    expect(edge.logged.join('')).toContain('the disk is full');
  });

  it('keeps the bytes of signed bodies, whatever they are', async () => {
    const answer = await edge.call('POST', '/v1/hooks', { body: '{"a":1,"a":2} \u00e9', headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.json]).toEqual([202, { bytes: '{"a":1,"a":2} Ã©', body: null }]);
  });

  it('sends headers that keep browsers and caches from guessing', async () => {
    const data = (await edge.call('GET', '/v1/cart')).headers;
    expect([data.get('x-content-type-options'), data.get('cache-control'), data.get('content-security-policy')]).toEqual(['nosniff', 'no-store', expect.stringContaining("default-src 'none'")]);
    expect((await edge.call('GET', '/v1/page')).headers.get('content-security-policy')).toContain("style-src 'unsafe-inline'");
  });

  it('answers what is no HTTP', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"validation_failed"/);
    expect(await raw(`GET /v1/cart HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 [^]*"code":"headers_too_large"/);
    expect(await raw('GET /v1/cart HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('POST /v1/cart HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nZZ\r\n')).toMatch(/^HTTP\/1\.1 400 |^$/);
  });

  it('answers with a problem document what has no host, expects odd things or wants a tunnel', async () => {
    for (const strange of ['GET /v1/cart HTTP/1.1\r\n', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n'])
      expect(await raw(`${strange}connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"validation_failed"/);
    for (const fine of ['GET /v1/cart HTTP/1.0\r\n', 'GET /v1/cart HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\n']) expect(await raw(`${fine}connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('says that there is no such path or method before it looks at a body', async () => {
    const bodies = [
      { body: '{' },
      { body: '"'.padEnd(200_000, 'x') },
      { body: 'x', headers: { 'content-type': ';' } },
      { body: '{}', headers: { 'content-encoding': 'gzip' } },
    ];
    for (const { body, headers } of bodies) {
      const given = { body, headers: { 'content-type': 'application/json', ...headers } };
      expect(await edge.call('PUT', '/v1/cart', given)).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
      expect(await edge.call('PUT', '/v1/nothing', given)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    }
    expect(await raw('QUERY /v1/cart HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('lets go of who is slow', async () => {
    const hurried = await EdgeApp.start({ controllers: [ServerController], patience: { headers: 100, request: 200, silence: 60_000, look: 20 } });
    const { hostname, port } = new URL(hurried.url);
    const beginnings = ['GET /v1/cart HTTP/1.1\r\nhost: x\r\n', 'POST /v1/people HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"email"'];
    for (const beginning of beginnings) expect(await rawTo(hostname, Number(port), beginning)).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request_timeout"/);
    await hurried.close();
  });

  it('is live, and ready when no part is down', async () => {
    expect(await edge.call('GET', '/health/live')).toMatchObject({ status: 200, json: { status: 'up' } });
    expect(await edge.call('GET', '/health/ready')).toMatchObject({ status: 200, json: { status: 'up', parts: { store: { status: 'up' }, bus: { status: 'up', lag: 0 } } } });
    isUp = () => ({ status: 'degraded', reason: 'slow' });
    expect(await edge.call('GET', '/health/ready')).toMatchObject({ status: 200, json: { status: 'up', parts: { store: { status: 'degraded', reason: 'slow' } } } });
    isUp = () => ({ status: 'down', reason: 'full' });
    expect(await edge.call('GET', '/health/ready')).toMatchObject({ status: 503, json: { status: 'down', parts: { store: { status: 'down', reason: 'full' }, bus: { status: 'up' } } } });
    isUp = () => Promise.reject(new Error('secret'));
    expect(await edge.call('GET', '/health/ready')).toMatchObject({ status: 503, json: { parts: { store: { status: 'down', reason: 'the check failed' } } } });
    expect((await edge.call('GET', '/health/live')).status).toBe(200);
  });

  it('answers what was begun before it stops, and is not ready meanwhile', async () => {
    const begun = edge.call('GET', '/v1/slow');
    while (slowCalls === 0) await new Promise(setImmediate);
    edge.edge.stop();
    expect(await edge.call('GET', '/health/ready')).toMatchObject({ status: 503, json: { status: 'down', reason: 'stopping' } });
    const closed = edge.app.close();
    slow.resolve({ done: true });
    expect(await begun).toMatchObject({ status: 200, json: { done: true } });
    await closed;
    await expect(edge.call('GET', '/health/live')).rejects.toThrow();
  });

  it('does not wait for clients that keep the connection of their last answer', async () => {
    const { hostname, port } = new URL(edge.url);
    const client = connect(Number(port), hostname);
    client.write('GET /v1/slow HTTP/1.1\r\nhost: x\r\n\r\n');
    while (slowCalls === 0) await new Promise(setImmediate);
    const closed = edge.app.close();
    while (edge.app.getHttpServer().listening) await new Promise(setImmediate);
    slow.resolve({ done: true });
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
    client.destroy();
  });

  it('waits for clients that have not said all only as long as ever', async () => {
    const hurried = await EdgeApp.start({ controllers: [ServerController], patience: { headers: 1_500, request: 60_000, silence: 60_000, look: 60_000 } });
    const { hostname, port } = new URL(hurried.url);
    const post = 'POST /v1/people HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n';
    const tell = (bytes: string) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('error', () => undefined);
      socket.write(bytes);
      return { socket, closed: once(socket, 'close').then(() => text) };
    };
    const [silent, inHead, inBody, late] = [tell(''), tell('GET /v1/cart HTTP/1.1\r\nhost: x\r\n'), tell(`${post}{"email"`), tell(`${post}{"email"`)];
    await setTimeout(200);
    const begun = performance.now();
    const stopped = hurried.close();
    expect(await silent.closed).toBe('');
    expect(performance.now() - begun).toBeLessThan(1_400);
    late.socket.write(': "a@b.c"  }');
    expect(await late.closed).toMatch(/^HTTP\/1\.1 400 [^]*"\/password"/);
    for (const { closed } of [inHead, inBody]) expect(await closed).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request_timeout"/);
    await stopped;
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('counts and times requests by route', async () => {
    for (let n = 0; n < 3; n++) await edge.call('GET', '/v1/cart');
    await edge.call('POST', '/v1/cart', { headers: { 'if-match': '"x"' } });
    const { text, headers } = await edge.call('GET', '/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/v1/cart",status="200"} 3');
    expect(text).toContain('http_request_duration_seconds_bucket{method="GET",route="/v1/cart",status="200",le="+Inf"} 3');
    expect(text).toContain('http_request_duration_seconds_count{method="POST",route="/v1/cart",status="412"} 1');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('logs its own faults with the correlation id, and no secret', async () => {
    const answer = await edge.call('POST', '/v1/people', { body: { email: 'ann@example.com', password: 'hunter22' }, headers: { 'x-correlation-id': 'c-1' } });
    expect(answer.status).toBe(500);
    const log = edge.logged.join('');
    expect(log).toMatch(/"level":"error".*"correlationId":"c-1"/);
    expect(log).toMatch(/"level":"debug".*"route":"\/v1\/people"/);
    expect(log).not.toMatch(/ann@example\.com|abcdef/);
  });
});
