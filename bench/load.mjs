// Users that do one thing over and over: node bench/load.mjs <workload> <url> <options as JSON>. Prints its figures as JSON.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { cpuTime } from './servers.mjs';

const [workload, url, given] = process.argv.slice(2);
const { admin, users, seconds, pids, perSecond, warmUpSeconds = 5, bare = false } = JSON.parse(given);
const pool = new Pool(url, { connections: users, pipelining: 1 });

async function ask(method, path, body, token, key) {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  const { statusCode, body: answer } = await pool.request({ method, path: `/v1${path}`, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await answer.text();
  return { status: statusCode, body: text === '' ? undefined : JSON.parse(text) };
}

async function expecting(status, promise) {
  const answer = await promise;
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const signIn = async ({ email, password }) => (await expecting(201, ask('POST', '/sessions', { email, password }))).accessToken;

async function newShopper() {
  const credentials = { email: `${randomUUID()}@example.com`, password: 'a long enough password' };
  await expecting(201, ask('POST', '/accounts', { ...credentials, name: 'Ada' }));
  const token = await signIn(credentials);
  const address = { name: 'Ada', line1: '12 St James Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
  const { addressId } = await expecting(201, ask('POST', '/me/addresses', address, token));
  return { token, addressId };
}

async function newProducts(count, stock) {
  const token = await signIn(admin);
  const made = [];
  for (let i = 0; i < count; i++) {
    const productId = `bench-${randomUUID()}`;
    await expecting(201, ask('POST', '/products', { productId, name: productId, price: { amount: 1000, currency: 'EUR' } }, token));
    await expecting(201, ask('POST', `/products/${productId}/stock-adjustments`, { delta: stock, reason: 'benchmark' }, token));
    made.push(productId);
  }
  return made;
}

/** An order that is not decided in time is asked for again, with its key. */
const place = async ({ token, addressId }, productId) => {
  await expecting(200, ask('POST', '/cart/items', { productId, quantity: 1 }, token));
  const key = randomUUID();
  for (;;) {
    const answer = await ask('POST', '/orders', { addressId }, token, key);
    if (answer.status !== 202) return answer;
  }
};

const workloads = {
  async add(shoppers, products) {
    return async (user, turn) => {
      const { token } = shoppers[user];
      if (turn % 50 === 49 && !bare) await expecting(200, ask('DELETE', '/cart/items', undefined, token));
      await expecting(200, ask('POST', '/cart/items', { productId: products[turn % products.length], quantity: 1 }, token));
    };
  },
  async read(shoppers, products) {
    if (!bare) for (const { token } of shoppers) for (const productId of products.slice(0, 3)) await expecting(200, ask('POST', '/cart/items', { productId, quantity: 1 }, token));
    return async (user) => void (await expecting(200, ask('GET', '/cart', undefined, shoppers[user].token)));
  },
  async purchase(shoppers, products) {
    return async (user, turn) => {
      const order = await expecting(201, place(shoppers[user], products[(user + turn) % products.length]));
      await expecting(201, ask('POST', `/orders/${order.orderId}/payments`, { amount: order.total, method: 'card_ok' }, shoppers[user].token, randomUUID()));
    };
  },
  async hold(shoppers, products) {
    return async (user) => void (await expecting(201, place(shoppers[user], products[0])));
  },
};

const shoppers = bare ? Array.from({ length: users }, () => ({ token: 'x'.repeat(300) })) : await Promise.all(Array.from({ length: users }, newShopper));
const products = bare ? ['tea-green-100'] : await newProducts(workload === 'hold' ? 1 : 20, 1_000_000);
const once = await workloads[workload](shoppers, products);

const latencies = [];
let cpuBefore = 0;
const began = performance.now();
const measureFrom = began + warmUpSeconds * 1000;
setTimeout(() => (cpuBefore = cpuTime(...pids)), warmUpSeconds * 1000);
const end = measureFrom + seconds * 1000;
await Promise.all(
  shoppers.map(async (_, user) => {
    for (let turn = 0; ; turn++) {
      const due = perSecond === undefined ? performance.now() : began + ((turn * users + user) * 1000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      if (due >= end) break;
      await once(user, turn);
      if (due >= measureFrom) latencies.push(performance.now() - due);
    }
  }),
);
const measuredSeconds = (performance.now() - measureFrom) / 1000;
const cpuMs = (cpuTime(...pids) - cpuBefore) / Math.max(1, latencies.length);
latencies.sort((a, b) => a - b);
const percentile = (p) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] ?? 0;
process.stdout.write(`${JSON.stringify({ rate: latencies.length / measuredSeconds, p50: percentile(0.5), p99: percentile(0.99), cpuMs, count: latencies.length })}\n`, () => process.exit(0));
