import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { DomainError } from '@tillroll/kernel';
import fc from 'fast-check';
import { Anyone } from '../callers/caller';
import { Flag, ListOf, Optional, ProductId, Text, WholeNumber } from '../fields/fields';
import { IsMoney, MoneyDto } from '../fields/money-dto';
import { PageOf, type PageRequest } from '../pages/page';
import { UuidParam } from '../routes/path-ids';
import { EdgeApp } from '../testing/edge-app';

class ItemDto {
  @ProductId()
  productId: string = '';

  @WholeNumber({ min: 1, max: 999 })
  quantity: number = 0;

  @Optional()
  @Text({ max: 10 })
  note?: string;

  @Optional()
  @IsMoney()
  price?: MoneyDto;

  @Optional()
  @ListOf(() => String, { max: 3 })
  tags?: string[];
}

class FindQuery {
  @Optional()
  @Text({ max: 20 })
  q?: string;

  @Optional()
  @Flag()
  open?: boolean;
}

let written = 0;

@Controller('things')
@Anyone()
class ThingsController {
  @Post()
  @HttpCode(200)
  add(@Body() item: ItemDto) {
    written++;
    return item;
  }

  @Post('nothing')
  @HttpCode(200)
  nothing() {
    return { done: true };
  }

  @Delete('nothing')
  remove() {
    return { done: true };
  }

  @Get()
  find(@Query() query: FindQuery, @PageOf() page: PageRequest, @Query('word') word?: string) {
    return { query, page, word };
  }

  @Get('broken')
  broken() {
    throw new TypeError('the secret of the shop is 42');
  }

  @Get('odd')
  odd() {
    throw new DomainError('something_new', { hint: 1 });
  }

  @Get(':id')
  get(@UuidParam('id') id: string) {
    return { id };
  }

  @Get('by-name/:name')
  byName(@Param('name') name: string) {
    return { name };
  }
}

describe('bad input', () => {
  let edge: EdgeApp;
  beforeAll(async () => {
    edge = await EdgeApp.start({ controllers: [ThingsController] });
  });
  afterAll(() => edge.close());
  beforeEach(() => (written = 0));

  const good = { productId: 'tea', quantity: 1 };

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) => edge.call('POST', '/v1/things', { body, headers });

  const problemOf = async (answer: Awaited<ReturnType<typeof post>>) => {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const { type, title, status, code } = answer.json ?? {};
    expect({ type, title: typeof title, status }).toEqual({ type: `urn:tillroll:problem:${String(code)}`, title: 'string', status: answer.status });
    expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|secret/);
    expect(written).toBe(0);
    const errors = (answer.json?.['errors'] ?? []) as readonly Record<string, string>[];
    return { status: answer.status, code: answer.json?.['code'], faults: errors.map(({ pointer, parameter, code }) => `${pointer ?? parameter} ${code}`) };
  };

  it('is the exception: good input is taken', async () => {
    const item = { ...good, note: 'a🍵', price: { amount: 5, currency: 'EUR' }, tags: ['x'] };
    expect((await post(item)).json).toEqual(item);
    expect((await post(JSON.stringify(item), { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(200);
    expect(written).toBe(2);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ' required'],
    ['an empty body', '', ' required'],
    ['null', 'null', ' wrong_type'],
    ['a list', [good], ' wrong_type'],
    ['a text', '"x"', ' wrong_type'],
    ['no JSON', '{"productId":', '/productId syntax'],
    ['a missing field', { productId: 'tea' }, '/quantity required'],
    ['an unknown field', { ...good, isAdmin: true }, '/isAdmin unknown_field'],
    ['a number as text', { ...good, quantity: '1' }, '/quantity wrong_type'],
    ['a fraction', { ...good, quantity: 1.5 }, '/quantity wrong_type'],
    ['a list for a number', { ...good, quantity: [1] }, '/quantity wrong_type'],
    ['an object for a text', { ...good, note: {} }, '/note wrong_type'],
    ['out of range', { ...good, quantity: 1000 }, '/quantity too_large'],
    ['too long', { ...good, note: 'x'.repeat(11) }, '/note too_long'],
    ['1e400', '{"productId":"tea","quantity":1e400}', '/quantity inexact_number'],
    ['2^53+1', '{"productId":"tea","quantity":9007199254740993}', '/quantity inexact_number'],
    ['2^53', '{"productId":"tea","quantity":1,"price":{"amount":9007199254740992,"currency":"EUR"}}', '/price/amount too_large'],
    ['a duplicate key', '{"productId":"tea","quantity":1,"quantity":2}', '/quantity duplicate_key'],
    ['__proto__', '{"productId":"tea","quantity":1,"__proto__":{"isAdmin":true}}', '/__proto__ forbidden_key'],
    ['constructor', '{"productId":"tea","quantity":1,"constructor":{"prototype":{}}}', '/constructor forbidden_key'],
    ['NUL', '{"productId":"tea","quantity":1,"note":"a\\u0000b"}', '/note not_text'],
    ['a lone surrogate', '{"productId":"tea","quantity":1,"note":"\\ud83c"}', '/note not_text'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), ' not_utf8'],
    ['deep JSON', `{"productId":${'['.repeat(5000)}`, `/productId${'/0'.repeat(31)} too_deep`],
    ['too many tags', { ...good, tags: ['a', 'b', 'c', 'd'] }, '/tags too_many'],
  ])('%s', async (_, body, fault) => {
    const { status, code, faults } = await problemOf(await post(body, { 'content-type': 'application/json' }));
    expect({ status, code, fault: faults[0] }).toEqual({ status: 400, code: 'validation_failed', fault });
  });

  it('several faults are told at once', async () => {
    const { faults } = await problemOf(await post({ productId: 1, quantity: 0, extra: null }));
    expect(faults.sort()).toEqual(['/extra unknown_field', '/productId wrong_type', '/quantity too_small']);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['XML', 'application/xml'],
    ['another JSON', 'application/vnd.api+json'],
    ['another charset', 'application/json; charset=iso-8859-1'],
    ['nonsense', 'x'],
  ])('%s is an unsupported media type', async (_, type) => {
    const { status, code } = await problemOf(await post(JSON.stringify(good), { 'content-type': type }));
    expect({ status, code }).toEqual({ status: 415, code: 'unsupported_media_type' });
  });

  it('compressed bodies are an unsupported media type', async () => {
    const { status } = await problemOf(await post(JSON.stringify(good), { 'content-encoding': 'gzip' }));
    expect(status).toBe(415);
  });

  it('bodies over 100 KiB are too large, said or not', async () => {
    const large = JSON.stringify({ ...good, note: 'x'.repeat(102_400) });
    expect(await problemOf(await post(large))).toMatchObject({ status: 413, code: 'payload_too_large' });
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
    const response = await fetch(`${edge.url}/v1/things`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: chunks, duplex: 'half' });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'payload_too_large' });
    const exact = JSON.stringify({ ...good, note: 'x'.repeat(102_400 - JSON.stringify({ ...good, note: '' }).length) });
    expect(exact).toHaveLength(102_400);
    expect(await problemOf(await post(exact))).toMatchObject({ status: 400, faults: ['/note too_long'] });
  });

  it('a route without a body takes none', async () => {
    for (const method of ['POST', 'DELETE']) {
      expect((await edge.call(method, '/v1/things/nothing')).status).toBe(200);
      expect((await edge.call(method, '/v1/things/nothing', { body: {} })).status).toBe(200);
      expect((await edge.call(method, '/v1/things/nothing', { body: '', headers: { 'content-type': 'application/json' } })).status).toBe(200);
      expect(await problemOf(await edge.call(method, '/v1/things/nothing', { body: { a: 1 } }))).toMatchObject({ status: 400, faults: ['/a unknown_field'] });
    }
  });

  it.each([
    ['limit=0', 'limit out_of_range'],
    ['limit=101', 'limit out_of_range'],
    ['limit=abc', 'limit out_of_range'],
    ['limit=1&limit=2', 'limit out_of_range'],
    ['cursor=broken', 'cursor malformed'],
    ['cursor=', 'cursor malformed'],
    [`cursor=${'A'.repeat(3000)}`, 'cursor malformed'],
    ['q=a%00b', 'q not_text'],
    ['q=a%ff', 'q not_text'],
    ['q=', 'q too_short'],
    ['q=a&q=b', 'q repeated'],
    ['open=1', 'open wrong_type'],
    ['word=a&word=b', 'word repeated'],
    ['word=%00', 'word not_text'],
    ['word=%ed%a0%80', 'word not_text'],
  ])('?%.30s names the parameter', async (query, fault) => {
    const { status, faults } = await problemOf(await edge.call('GET', `/v1/things?${query}`));
    expect({ status, faults }).toEqual({ status: 400, faults: [fault] });
  });

  it('unknown query parameters are ignored', async () => {
    const { json } = await edge.call('GET', '/v1/things?q=tea&open=true&limit=5&other=1&__proto__=2&constructor=3');
    expect(json?.['query']).toEqual({ q: 'tea', open: true });
    expect(json?.['page']).toMatchObject({ limit: 5 });
  });

  it.each(['x', '018F4E2A-1111-7ABC-8DEF-0123456789AB', '..%2f..%2fetc', 'a'.repeat(200), 'a'.repeat(2000), '%00', '%F0%9F%8D%B5'])(
    'an id that cannot exist is not found: %.40s',
    async (id) => expect(await problemOf(await edge.call('GET', `/v1/things/${id}`))).toMatchObject({ status: 404, code: 'not_found' }),
  );

  it('an address that is not UTF-8 is a fault of the request', async () =>
    expect(await problemOf(await edge.call('GET', '/v1/things/%zz'))).toMatchObject({ status: 400, faults: ['path malformed'] }));

  it('a path without a route is not found', async () => {
    for (const path of ['/', '/v1', '/v1/other', '/v2/things', '/v1/things/by-name/']) expect(await problemOf(await edge.call('GET', path))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await problemOf(await edge.call('POST', '/v1/other', { body: '{' }))).toMatchObject({ status: 404 });
  });

  it('a method that a path does not have is not allowed, and OPTIONS tells those that it has', async () => {
    const answer = await edge.call('PUT', '/v1/things');
    expect(await problemOf(answer)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    const options = await edge.call('OPTIONS', '/v1/things/nothing');
    expect([options.status, options.headers.get('allow'), options.text]).toEqual([204, 'DELETE, GET, HEAD, POST, OPTIONS', '']);
    expect((await edge.call('OPTIONS', '/v1/other')).status).toBe(404);
    expect((await edge.call('HEAD', '/v1/things')).status).toBe(200);
    expect((await edge.call('PROPFIND', '/v1/things')).status).toBe(405);
  });

  it('a fault of the shop tells nothing, and is logged', async () => {
    const answer = await edge.call('GET', '/v1/things/broken');
    expect(await problemOf(answer)).toMatchObject({ status: 500, code: 'internal_error' });
    expect(edge.logged.join('')).toContain('the secret of the shop is 42');
  });

  it('a refusal that nobody listed is not a fault of the shop, but is logged', async () => {
    expect(await problemOf(await edge.call('GET', '/v1/things/odd'))).toMatchObject({ status: 422, code: 'something_new' });
    expect(edge.logged.join('')).toContain('something_new');
  });

  it('of any kind never makes a 5xx', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json({ maxDepth: 6 }),
          fc.json().map((text) => text.slice(0, -1)),
          fc.record({ productId: fc.anything(), quantity: fc.anything(), tags: fc.anything() }).map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))),
        ),
        fc.constantFrom('application/json', 'application/json; charset=x', 'text/plain', 'a/b; c'),
        fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH'),
        fc.oneof(fc.constantFrom('/v1/things', '/v1/things/nothing', '/v1/things?limit=%00'), fc.webPath()),
        async (body, type, method, path) => {
          const answer = await edge.call(method, path, { body, headers: { 'content-type': type } });
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expect(answer.headers.get('content-type')).toContain('problem+json');
        },
      ),
      { numRuns: 300 },
    ));

  it('in query and headers never makes a 5xx', () =>
    fc.assert(
      fc.asyncProperty(
        fc.webQueryParameters(),
        fc.dictionary(
          fc.constantFrom('authorization', 'idempotency-key', 'if-match', 'consistency-token', 'x-correlation-id', 'traceparent', 'last-event-id', 'accept'),
          fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '*', '0', '-', 'é', '\u00ff', '.', 'Bearer ', '=') }),
        ),
        async (query, headers) => {
          const answer = await edge.call('GET', `/v1/things?${query}`, { headers });
          expect(answer.status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    ));
});
