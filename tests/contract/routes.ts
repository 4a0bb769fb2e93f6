import { ADDRESS, PRICE } from '../support/shop-client';

/** Whose token opens a route. An owner and an admin are `customer` here: the resource decides, not the route. */
export type Who = 'anyone' | 'customer' | 'admin' | 'ops' | 'gateway';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/v1`. */
  readonly path: string;
  readonly who: Who;
  readonly needsKey?: true;
  /** A body that the route takes, as far as its form goes. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** An answer without an end. */
  readonly streams?: true;
}

const NOWHERE = '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43';

/** The table of the HTTP contract, row by row. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/accounts', who: 'anyone', body: { email: 'somebody@example.com', password: 'long enough', name: 'Somebody' } },
  { method: 'POST', path: '/sessions', who: 'anyone', body: { email: 'nobody@example.com', password: 'long enough' } },
  { method: 'GET', path: '/me', who: 'customer' },
  { method: 'DELETE', path: '/me', who: 'customer' },
  { method: 'POST', path: '/me/addresses', who: 'customer', body: ADDRESS },
  { method: 'GET', path: '/me/addresses', who: 'customer' },
  { method: 'GET', path: '/me/addresses/{id}', who: 'customer' },
  { method: 'PUT', path: '/me/addresses/{id}', who: 'customer', body: ADDRESS },
  { method: 'DELETE', path: '/me/addresses/{id}', who: 'customer' },
  { method: 'GET', path: '/me/notices', who: 'customer' },
  { method: 'GET', path: '/me/notices/stream', who: 'customer', streams: true },
  { method: 'GET', path: '/products', who: 'anyone' },
  { method: 'GET', path: '/products/{productId}', who: 'anyone' },
  { method: 'POST', path: '/products', who: 'admin', body: { productId: 'a-new-one', name: 'New', price: PRICE } },
  { method: 'PATCH', path: '/products/{productId}', who: 'admin', body: { name: 'Newer' } },
  { method: 'POST', path: '/products/{productId}/stock-adjustments', who: 'admin', body: { delta: 1, reason: 'found' } },
  { method: 'GET', path: '/products/{productId}/stock', who: 'admin' },
  { method: 'GET', path: '/products/{productId}/stock-movements', who: 'admin' },
  { method: 'GET', path: '/cart', who: 'customer' },
  { method: 'POST', path: '/cart/items', who: 'customer', body: { productId: 'nothing', quantity: 1 } },
  { method: 'PATCH', path: '/cart/items/{productId}', who: 'customer', body: { quantity: 1 } },
  { method: 'DELETE', path: '/cart/items/{productId}', who: 'customer' },
  { method: 'DELETE', path: '/cart/items', who: 'customer' },
  { method: 'POST', path: '/cart/check', who: 'customer' },
  { method: 'POST', path: '/orders', who: 'customer', needsKey: true, body: { addressId: NOWHERE } },
  { method: 'GET', path: '/orders', who: 'customer' },
  { method: 'GET', path: '/orders/{id}', who: 'customer' },
  { method: 'GET', path: '/orders/{id}/timeline', who: 'customer' },
  { method: 'GET', path: '/orders/{id}/stream', who: 'customer', streams: true },
  { method: 'POST', path: '/orders/{id}/cancel', who: 'customer', body: { reason: 'no more' } },
  { method: 'POST', path: '/orders/{id}/transitions', who: 'admin', body: { to: 'processing' } },
  { method: 'GET', path: '/admin/orders', who: 'admin' },
  { method: 'POST', path: '/orders/{id}/payments', who: 'customer', needsKey: true, body: { amount: PRICE, method: 'card_ok' } },
  { method: 'GET', path: '/orders/{id}/payments', who: 'customer' },
  { method: 'GET', path: '/payments/{id}', who: 'customer' },
  { method: 'POST', path: '/payments/{id}/sync', who: 'customer' },
  { method: 'POST', path: '/payments/{id}/refunds', who: 'admin', needsKey: true, body: { amount: PRICE, reason: 'broken' } },
  { method: 'POST', path: '/refunds/{id}/retry', who: 'admin' },
  { method: 'GET', path: '/admin/refunds', who: 'admin' },
  { method: 'GET', path: '/admin/shortfalls', who: 'admin' },
  { method: 'POST', path: '/admin/webhook-endpoints', who: 'admin', body: { url: 'http://127.0.0.1:9/', types: ['order-confirmed'] } },
  { method: 'GET', path: '/admin/webhook-endpoints', who: 'admin' },
  { method: 'DELETE', path: '/admin/webhook-endpoints/{id}', who: 'admin' },
  { method: 'GET', path: '/admin/webhook-endpoints/{id}/deliveries', who: 'admin' },
  { method: 'POST', path: '/admin/webhook-endpoints/{id}/deliveries/{id}/retry', who: 'admin' },
  { method: 'GET', path: '/events', who: 'ops' },
  { method: 'POST', path: '/webhooks/{provider}', who: 'gateway' },
];

export const WRITES = ROUTES.filter(({ method }) => method !== 'GET');

/** The path with ids in it, of things that do not exist unless told otherwise. */
export const pathTo = ({ path }: Pick<Route, 'path'>, id: string = NOWHERE): string =>
  path.replaceAll('{id}', id).replace('{productId}', 'no-such-product').replace('{provider}', 'sandbox');

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
