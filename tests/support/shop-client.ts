import { randomUUID } from 'node:crypto';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there was none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Talks to the shop as one caller. */
export class ShopClient {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  as(token: string): ShopClient {
    return new ShopClient(this.url, token);
  }

  async request(method: string, path: string, { body, key, headers }: RequestOptions = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path.startsWith('/v1') || path.startsWith('/sandbox') || path.startsWith('/health') ? path : `/v1${path}`}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text === '' ? undefined : text };
  }

  get(path: string, options?: RequestOptions) {
    return this.request('GET', path, options);
  }
  post(path: string, body?: unknown, options?: RequestOptions) {
    return this.request('POST', path, { ...(body === undefined ? {} : { body }), ...options });
  }
  patch(path: string, body: unknown, options?: RequestOptions) {
    return this.request('PATCH', path, { body, ...options });
  }
  put(path: string, body: unknown, options?: RequestOptions) {
    return this.request('PUT', path, { body, ...options });
  }
  delete(path: string, options?: RequestOptions) {
    return this.request('DELETE', path, options);
  }

  /** Signs in; throws when that fails. */
  async signIn(email: string, password: string): Promise<ShopClient> {
    const { status, body } = await this.post('/sessions', { email, password });
    if (status !== 201) throw new Error(`signing in ${email} gave ${status} ${JSON.stringify(body)}`);
    return this.as(body.accessToken);
  }
}

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };
export const PRICE = { amount: 1_000, currency: 'EUR' };
export const ADDRESS = { name: 'Ada Lovelace', line1: '12 St James Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };

/** Throws unless the answer has the status: for steps that a test takes for granted. */
export async function expecting(status: number, answer: Promise<Answer>): Promise<Answer['body']> {
  const { status: given, body } = await answer;
  if (given !== status) throw new Error(`expected ${status}, got ${given} ${JSON.stringify(body)}`);
  return body;
}

export interface Customer {
  readonly client: ShopClient;
  readonly customerId: string;
  readonly email: string;
  readonly password: string;
  readonly addressId: string;
}

/** A new customer with an address. */
export async function newCustomer(shop: ShopClient): Promise<Customer> {
  const email = `${randomUUID()}@example.com`;
  const password = 'a long enough password';
  const { customerId } = await expecting(201, shop.post('/accounts', { email, password, name: 'Ada Lovelace' }));
  const client = await shop.signIn(email, password);
  const { addressId } = await expecting(201, client.post('/me/addresses', ADDRESS));
  return { client, customerId, email, password, addressId };
}

/** A new product with stock, readable by everyone when the promise resolves. */
export async function newProduct(
  admin: ShopClient,
  { stock = 100, price = PRICE, productId = `p-${randomUUID()}`, ...more }: { stock?: number; price?: typeof PRICE; productId?: string; purchaseLimit?: unknown } = {},
): Promise<string> {
  await expecting(201, admin.post('/products', { productId, name: `Product ${productId}`, price, ...more }));
  if (stock > 0) await expecting(201, admin.post(`/products/${productId}/stock-adjustments`, { delta: stock, reason: 'received' }));
  return productId;
}

/** Puts one product into the cart and places the order. */
export async function placeOrder(customer: Customer, productId: string, quantity = 1, key: string = randomUUID()): Promise<Answer> {
  await expecting(200, customer.client.post('/cart/items', { productId, quantity }));
  return customer.client.post('/orders', { addressId: customer.addressId }, { key });
}

export const payFor = (customer: Customer, order: { orderId: string; total: unknown }, method = 'card_ok', key: string = randomUUID()): Promise<Answer> =>
  customer.client.post(`/orders/${order.orderId}/payments`, { amount: order.total, method, returnUrl: 'http://127.0.0.1/back' }, { key });

/** Asks again and again until the answer is what is waited for; throws what was last seen when the time is over. */
export async function eventually<T>(ask: () => Promise<T>, isIt: (seen: T) => boolean, timeoutMs = 20_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await ask();
    if (isIt(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms, last saw ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
