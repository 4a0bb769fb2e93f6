import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { openEventSource } from '../notices/event-source';
import { ADDRESS, ADMIN, eventually, expecting, newCustomer, newProduct, ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const MAIN = resolve(__dirname, '../../apps/shop/dist/main.js');
const WRONG_SETTINGS = 78;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the shop and waits until it has ended by itself. */
async function run(settings: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', PORT: '0', ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((ended) => child.once('close', (code) => ended({ code, out, err })));
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const noStack = (text: string) => expect(text).not.toMatch(/^\s+at |node_modules|Error:/m);

describe('a setting that cannot be used', () => {
  it('is named with what was given and what is allowed, each one, before anything is opened', async () => {
    const { path, remove } = temporaryDataDirectory();
    const wrong = {
      HOST: 'not a host', PORT: 'http', ADMIN_EMAIL: 'nobody', DEMO: 'yes', PAYMENT_WINDOW: '30 minutes', CHECKOUT_LEASE: 'PT0S', REFUND_RETRY: 'soon', RATE_LIMIT: '1/2',
      WEBHOOK_ALLOW_PRIVATE: '1', SANDBOX_LATE_MS: '-1', TRUST_PROXY: 'all', MAIL_FROM: '@', LOG_LEVEL: 'loud', LOG_FORMAT: 'xml',
    };
    const secret = { ADMIN_PASSWORD: 'short', SANDBOX_KEY: 's3 cret', WEBHOOK_SECRET: 'whsec_s3cret', SMTP_URL: 'http://u:s3cret@x', JWKS_URL: 'ftp://u:s3cret@x', EVENTSTORE_URL: 'http://s3cret', KAFKA_BROKERS: 'http://s3cret', MONGODB_URL: 'http://s3cret', STRIPE_SECRET_KEY: 's3cret', STRIPE_WEBHOOK_SECRET: 's3cret' };
    const data = `${path}/data`;
    const { code, out, err } = await run({ DATA_DIR: data, ...wrong, ...secret });
    expect(code).toBe(WRONG_SETTINGS);
    for (const [setting, given] of Object.entries(wrong)) expect(linesOf(err)).toContainEqual(expect.stringMatching(new RegExp(`^${setting}: given ${JSON.stringify(given).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}, allowed: .+`)));
    for (const setting of Object.keys(secret)) expect(linesOf(err)).toContainEqual(expect.stringMatching(new RegExp(`^${setting}: .*allowed: .+`)));
    expect(err).not.toMatch(/s3 ?cret|short/);
    noStack(err);
    expect(out).toBe('');
    expect(existsSync(data)).toBe(false);
    remove();
  });

  it.each([['PORT', '65536'], ['PAYMENT_WINDOW', 'P1Y2']])('ends the process by itself: %s=%s', async (setting, given) => {
    const { path, remove } = temporaryDataDirectory();
    const { code, err } = await run({ DATA_DIR: `${path}/data`, [setting]: given });
    expect([code, linesOf(err)]).toEqual([WRONG_SETTINGS, [expect.stringContaining(`${setting}: given "${given}", allowed: `)]]);
    remove();
  });
});

describe('a shop', () => {
  const data = temporaryDataDirectory();
  let shop: ShopProcess;

  beforeAll(async () => {
    shop = await startShopProcess(data.path, { LOG_LEVEL: 'trace', LOG_FORMAT: 'json', WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 9).toString('base64')}`, SANDBOX_KEY: 'sk_of_this_test' });
  });
  afterAll(async () => {
    await shop.kill('SIGTERM');
    data.remove();
  });

  const plainLines = () => linesOf(shop.output()).filter((line) => !line.startsWith('{'));

  it('says in one line where it is', () => {
    expect(shop.client.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(plainLines()).toEqual([expect.stringContaining(shop.client.url)]);
  });

  it('has an empty catalogue with DEMO=off', async () => expect((await expecting(200, shop.client.get('/products'))).data).toEqual([]));

  it('is alive and ready, and tells of each part', async () => {
    expect(await shop.client.get('/health/live')).toMatchObject({ status: 200, body: { status: 'up' } });
    const { status, body, headers } = await shop.client.get('/health/ready');
    expect([status, body.status, headers.get('content-type')]).toEqual([200, 'up', expect.stringContaining('json')]);
    expect(Object.keys(body.parts)).toEqual(expect.arrayContaining(['event-store', 'event-bus', 'read-models']));
    for (const part of Object.values(body.parts as Record<string, { status: string }>)) expect(part.status).toBe('up');
  });

  it('has metrics for Prometheus', async () => {
    await shop.client.get('/products');
    const response = await fetch(`${shop.client.url}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
    const lines = linesOf(await response.text());
    expect(lines).toContainEqual(expect.stringMatching(/^process_resident_memory_bytes \d/));
    expect(lines).toContainEqual(expect.stringMatching(/^http_request_duration_seconds_count\{[^}]*route="\/v1\/products"[^}]*\} \d/));
    for (const line of lines) expect(line).toMatch(/^(#|[a-zA-Z_:][\w:]*(\{.*\})? (NaN|[+-]?(\d|Inf)))/);
  });

  it('has a page, an API page and the API\'s description, all without anything from elsewhere', async () => {
    for (const path of ['/', '/docs']) {
      const response = await fetch(shop.client.url + path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, expect.stringMatching(/^text\/html/)]);
      const text = await response.text();
      for (const [, address = ''] of text.matchAll(/(?:src|href)="([^"]+)"/g)) expect([path, address]).toEqual([path, expect.not.stringMatching(/^(https?:)?\/\/(?!127\.0\.0\.1)/)]);
    }
    const response = await fetch(`${shop.client.url}/openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json/)]);
    expect((await response.json()) as object).toMatchObject({ openapi: expect.stringMatching(/^3\./), paths: expect.any(Object) });
  });

  it('names its own address, whatever the request says', async () => {
    const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    const ada = await newCustomer(shop.client);
    const headers = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example.com' };
    await expecting(200, ada.client.post('/cart/items', { productId: await newProduct(admin), quantity: 1 }));
    const placed = await ada.client.post('/orders', { addressId: ada.addressId }, { key: 'k', headers });
    const paying = await ada.client.post(`/orders/${placed.body.orderId as string}/payments`, { amount: placed.body.total, method: 'card_redirect' }, { key: 'k', headers });
    expect(paying.body.nextAction.url).toMatch(new RegExp(`^${shop.client.url}/sandbox/`));
    const everything = JSON.stringify([placed, paying].map(({ body, headers: sent }) => [body, [...sent]]));
    expect(everything).not.toContain('evil');
  });

  it('keeps secrets out of its log, at any level', async () => {
    const ada = await newCustomer(shop.client);
    await shop.client.post('/sessions', { email: ada.email, password: 'a wrong password 123' });
    await ada.client.get('/me', { headers: { cookie: 'session=cookie-of-somebody' } });
    await shop.client.get('/cart', { headers: { authorization: 'Bearer token-of-somebody' } });
    await eventually(() => Promise.resolve(shop.output()), (output) => output.includes('/v1/cart'));
    for (const secret of [ADMIN.password, ADMIN.email, ada.password, ada.email, 'a wrong password 123', ada.client.token ?? 'none', 'cookie-of-somebody', 'token-of-somebody', 'sk_of_this_test', Buffer.alloc(24, 9).toString('base64'), 'St James Square'])
      expect([secret.slice(0, 12), shop.output().includes(secret)]).toEqual([secret.slice(0, 12), false]);
  });

  it('does not share its port or its directory', async () => {
    const other = temporaryDataDirectory();
    const port = new URL(shop.client.url).port;
    const samePort = await run({ DATA_DIR: other.path, PORT: port, ADMIN_PASSWORD: ADMIN.password });
    const sameDirectory = await run({ DATA_DIR: data.path });
    for (const [{ code, err }, named] of [[samePort, port], [sameDirectory, data.path]] as const) {
      expect([0, null, WRONG_SETTINGS]).not.toContain(code);
      expect(linesOf(err)).toEqual([expect.stringContaining(named)]);
      noStack(err);
    }
    expect((await shop.client.get('/health/ready')).status).toBe(200);
    other.remove();
  });
});

describe('SIGTERM', () => {
  it('ends the streams, answers what was begun, and ends with 0', async () => {
    const data = temporaryDataDirectory();
    const shop = await startShopProcess(data.path);
    const ada = await newCustomer(shop.client);
    const live = await openEventSource(ada.client, '/me/notices/stream');
    const begun = Array.from({ length: 20 }, () => ada.client.post('/me/addresses', ADDRESS));
    await begun[0];
    const ended = shop.kill('SIGTERM');
    const answers = await Promise.allSettled(begun);
    await expect(live.next()).rejects.toThrow('the stream has ended');
    expect(await ended).toBe(0);
    for (const answer of answers) if (answer.status === 'fulfilled') expect([201, 503]).toContain(answer.value.status);
    const again = await startShopProcess(data.path);
    const kept = (await expecting(200, new ShopClient(again.client.url, ada.client.token).get('/me/addresses?limit=100'))).data as { addressId: string }[];
    for (const answer of answers) if (answer.status === 'fulfilled' && answer.value.status === 201) expect(kept.map(({ addressId }) => addressId)).toContain(answer.value.body.addressId);
    await again.kill('SIGTERM');
    data.remove();
  });
});

describe('a first start', () => {
  it('prints a made-up password once, opens the demonstration catalogue, and is the same shop the second time', async () => {
    const data = temporaryDataDirectory();
    const settings = { ADMIN_PASSWORD: '', ADMIN_EMAIL: '', DEMO: '' };
    const first = await startShopProcess(data.path, settings);
    const output = await eventually(() => Promise.resolve(first.output()), (text) => text.includes('http://'));
    const password = /password (\S+)/.exec(output)?.[1] ?? 'none';
    expect(output.split(password)).toHaveLength(2);
    const admin = await first.client.signIn('admin@example.com', password);
    await expecting(200, admin.get('/admin/orders'));
    await expecting(200, admin.get('/events'));
    const { data: products } = await expecting(200, first.client.get('/products'));
    expect(products.length).toBeGreaterThan(0);
    for (const product of products as { available: number; onSale: boolean }[]) expect(product).toMatchObject({ onSale: true });
    expect((products as { available: number }[]).some(({ available }) => available > 0)).toBe(true);
    expect(await first.kill('SIGTERM')).toBe(0);
    const second = await startShopProcess(data.path, settings);
    expect(second.output()).not.toMatch(/password/i);
    expect((await expecting(200, second.client.get('/products'))).data).toEqual(products);
    await second.client.signIn('admin@example.com', password);
    await expecting(200, new ShopClient(second.client.url, admin.token).get('/admin/orders'));
    expect(await second.kill('SIGTERM')).toBe(0);
    for (const name of readdirSync(data.path)) expect(name).not.toMatch(/\.tmp$/);
    data.remove();
  });
});
