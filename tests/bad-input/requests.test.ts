import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { faultyPlaces, problemIn } from '../contract/problem';
import { nameOf, pathTo, ROUTES, type Route } from '../contract/routes';
import { type Answer, type Customer, newCustomer, ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';

let shop: ShopInProcess;
let ada: Customer;

beforeAll(async () => {
  shop = await startShopInProcess();
  ada = await newCustomer(shop.client);
});
afterAll(() => shop.close());

const clientFor = ({ who }: Route): ShopClient => (who === 'anyone' ? shop.client : who === 'customer' ? ada.client : shop.admin);
const ask = (route: Route, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  clientFor(route).request(route.method, path, { headers, ...(route.body === undefined ? {} : { body: route.body }), ...(route.needsKey === true ? { key: randomUUID() } : {}) });

/** Bytes as they are, past what `fetch` puts right. */
function raw(bytes: string | Buffer): Promise<Answer> {
  const { hostname, port } = new URL(shop.client.url);
  return new Promise((answered, failed) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', failed);
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const headers = new Headers(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as [string, string]));
      answered({ status: Number(first.split(' ')[1]), headers, body: body === '' ? undefined : JSON.parse(body) });
    });
  });
}

const IDS = ['x', '0', '-1', 'null', 'undefined', 'NaN', '[object Object]', '018E1C2E-8A40-7C1D-9D5A-7C1E5B9A2F43', '018e1c2e8a407c1d9d5a7c1e5b9a2f43', '{018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43}', '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43 ', "' OR 1=1 --", '../../etc/passwd', '..', '%', '$where', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'é', '🍵', '\u0000', 'a\nb', 'a'.repeat(300), 'order-018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43', '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43/../../products'];

describe('an id that is none', () => {
  it.each(ROUTES.filter(({ path }) => /\{(id|productId)\}/.test(path)).map((route) => [nameOf(route), route] as const))('%s is not found', async (name, route) => {
    for (const id of IDS) {
      const path = route.path.replaceAll(/\{(id|productId)\}/g, encodeURIComponent(id));
      const answer = await ask(route, path);
      expect([name, id, answer.status]).toEqual([name, id, 404]);
      expect(['not_found', 'product_not_found', 'item_not_in_cart']).toContain(problemIn(answer).code);
    }
  });
});

describe('an address that is none', () => {
  it.each(['/v1/orders/%', '/v1/orders/%zz', '/v1/orders/%ff', '/v1/products/%c0%80', '/v1/products/%ed%a0%80'])('%s is a fault of the request', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${ada.client.token ?? ''}\r\nconnection: close\r\n\r\n`);
    expect([400, 404]).toContain(answer.status);
    problemIn(answer);
  });

  it.each([`/v1/products?q=${'x'.repeat(10_000)}`, `/v1/${'x'.repeat(10_000)}`, `/v1/products/${'x'.repeat(10_000)}`])('too long is refused: %.30s', async (path) => {
    const answer = await shop.client.get(path);
    expect([400, 404, 414]).toContain(answer.status);
    expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
  });

  it.each(['?limit[]=1', '?limit[a]=1', '?limit=1&limit=2', '?limit=%00', '?q[$gt]=', '?__proto__[x]=1', '?constructor=1', '?limit=1%00', '?cursor[]=x', '?=', '?&&&', '?limit', '?limit=1#x'])('with the odd query %s does no harm', async (query) => {
    const answer = await shop.client.get(`/products${query}`);
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) problemIn(answer);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a header that is wrong', () => {
  it.each(['"', 'x', '"a', 'W/', '"a" "b"', '"a",,', '""x', ',', '*, "a"', '"\u00ff', Array.from({ length: 200 }, (_, n) => `"${n}"`).join()])('If-Match: %.20s is refused with its name, or never matches', async (value) => {
    const answer = await ada.client.delete('/cart/items', { headers: { 'if-match': value } });
    expect([400, 412]).toContain(answer.status);
    problemIn(answer);
    if (answer.status === 400) expect(faultyPlaces(answer)).toEqual(['If-Match']);
  });

  it.each(['', 'k'.repeat(256), 'é', 'a\tb'])('Idempotency-Key: %.20s is refused with its name', async (key) => {
    const answer = await ada.client.delete('/cart/items', { headers: { 'idempotency-key': key } });
    expect(faultyPlaces(answer)).toEqual(['Idempotency-Key']);
  });

  it.each([
    ['accept', 'application/xml'], ['accept', 'x'.repeat(5000)], ['accept-language', '*;q=x'], ['accept-encoding', 'br;q=nonsense'], ['x-correlation-id', 'x'.repeat(5000)], ['x-correlation-id', '<script>'], ['traceparent', 'nonsense'],
    ['traceparent', '00-00000000000000000000000000000000-0000000000000000-00'], ['x-forwarded-for', "' OR 1=1"], ['x-forwarded-for', ','.repeat(1000)], ['forwarded', 'for="x'], ['range', 'bytes=x'], ['if-none-match', 'x'], ['if-modified-since', 'yesterday'],
    ['origin', 'null'], ['cookie', '='], ['content-type', 'x'], ['x-http-method-override', 'DELETE'], ['last-event-id', 'x'],
  ])('%s: %.20s does no harm to a request that does not need it', async (header, value) => {
    const answer = await ada.client.get('/cart', { headers: { [header]: value } });
    expect([header, answer.status, answer.body?.lines]).toEqual([header, 200, []]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic YTpi', 'bearer', 'Token x', `Bearer ${'x'.repeat(9000)}`, 'Bearer null', 'Bearer e30.e30.', 'Bearer é', 'Bearer a.b.c.d.e', ','])('Authorization: %.20s opens nothing', async (authorization) => {
    for (const path of ['/cart', '/admin/orders', '/events']) {
      const answer = await shop.client.get(path, { headers: { authorization } });
      expect([path, problemIn(answer).code, answer.headers.get('www-authenticate')]).toEqual([path, 'unauthenticated', expect.stringMatching(/^Bearer/)]);
    }
  });

  it('that asks for another protocol is answered in this one', async () => {
    const answer = await raw('GET /v1/products HTTP/1.1\r\nhost: shop\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n');
    expect([200, 400, 426]).toContain(answer.status);
  });

  it('of more than 16 KiB is too large', async () => {
    const answer = await raw(`GET /v1/cart HTTP/1.1\r\nhost: shop\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatchObject({ status: 431, body: { code: 'headers_too_large', status: 431 } });
  });
});

describe('what is no HTTP request', () => {
  it.each<[string, string]>([
    ['nonsense', 'hello\r\n\r\n'],
    ['an unknown method', 'BREW /v1/cart HTTP/1.1\r\nhost: shop\r\n\r\n'],
    ['an unknown version', 'GET /v1/cart HTTP/9.9\r\nhost: shop\r\n\r\n'],
    ['a negative length', 'POST /v1/sessions HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n'],
    ['two lengths', 'POST /v1/sessions HTTP/1.1\r\nhost: shop\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['a length and chunks', 'POST /v1/sessions HTTP/1.1\r\nhost: shop\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['broken chunks', 'POST /v1/sessions HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['a header over two lines', 'GET /v1/cart HTTP/1.1\r\nhost: shop\r\nx-a: b\r\n c\r\n\r\n'],
    ['NUL in a header', 'GET /v1/cart HTTP/1.1\r\nhost: shop\r\nx-a: \u0000\r\n\r\n'],
    ['no host', 'GET /v1/cart HTTP/1.1\r\n\r\n'],
  ])('%s is refused', async (_, bytes) => {
    const answer = await raw(bytes);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((await shop.client.get('/health/live')).status).toBe(200);
  });
});

describe('a client that breaks off', () => {
  it('in the middle of a body leaves nothing behind', async () => {
    const { hostname, port } = new URL(shop.client.url);
    const before = (await ada.client.get('/me/addresses?limit=100')).body.data.length as number;
    await Promise.all(
      Array.from({ length: 50 }, () => new Promise<void>((gone) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(`POST /v1/me/addresses HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${ada.client.token ?? ''}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"name":`);
          setImmediate(() => socket.destroy());
        });
        socket.on('close', () => gone());
      })),
    );
    expect((await ada.client.get('/me/addresses?limit=100')).body.data).toHaveLength(before);
    expect((await new ShopClient(shop.client.url).get('/health/ready')).status).toBe(200);
  });
});

describe('every path of the contract', () => {
  it('answers what no token can see with a problem document', async () => {
    for (const route of ROUTES) {
      const answer = await shop.client.request(route.method, pathTo(route));
      if (answer.status >= 400) problemIn(answer);
      expect(answer.status).toBeLessThan(500);
    }
  });
});
