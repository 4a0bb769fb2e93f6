import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { cart, cartCheck, movement, order, pageOf, payment, product, refund, session, stock } from './resource-shapes';
import { nameOf, ROUTES } from './routes';
import { misfits, type Shape } from './shape';

interface Content {
  readonly schema?: unknown;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: Readonly<Record<string, unknown>> }>>;
}
interface Operation {
  readonly security: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>>;
}

/** Beside the table of the contract. */
const MORE = ['GET /admin/payment-mismatches', 'POST /admin/webhook-endpoints/deliveries/{id}/retry'];

const plain = (path: string): string => path.replace(/^\/v1/, '').replace(/\{(?!provider)\w+\}/g, '{}');

let shop: ShopInProcess;
let operations: ReadonlyMap<string, Operation>;

beforeAll(async () => {
  shop = await startShopInProcess();
  const response = await fetch(`${shop.client.url}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  operations = new Map(
    Object.entries(paths).flatMap(([path, methods]) => (path.startsWith('/v1/') ? Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${plain(path)}`, operation] as const) : [])),
  );
});
afterAll(() => shop.close());

function operationOf(name: string): Operation {
  const found = operations.get(plain(name));
  if (found === undefined) throw new Error(`${name} is not described`);
  return found;
}

const SUCCESSES: Readonly<Record<string, readonly number[]>> = {
  'POST /accounts': [201], 'POST /sessions': [201], 'DELETE /me': [202], 'POST /me/addresses': [201], 'DELETE /me/addresses/{id}': [204], 'POST /products': [201], 'POST /products/{productId}/stock-adjustments': [201],
  'POST /orders': [201, 202], 'POST /orders/{id}/cancel': [200, 202], 'POST /orders/{id}/payments': [200, 201], 'POST /payments/{id}/refunds': [201, 202], 'POST /refunds/{id}/retry': [201, 202],
  'POST /admin/webhook-endpoints': [201], 'DELETE /admin/webhook-endpoints/{id}': [204], 'POST /admin/webhook-endpoints/{id}/deliveries/{id}/retry': [202], 'POST /webhooks/{provider}': [202],
};

const SHAPES: Readonly<Record<string, Shape>> = {
  'POST /sessions': session, 'GET /products': pageOf(product), 'GET /products/{productId}': product, 'POST /products': product, 'GET /products/{productId}/stock': stock, 'GET /products/{productId}/stock-movements': pageOf(movement),
  'GET /cart': cart, 'POST /cart/items': cart, 'POST /cart/check': cartCheck, 'POST /orders': order, 'GET /orders': pageOf(order), 'GET /orders/{id}': order, 'POST /orders/{id}/cancel': order, 'POST /orders/{id}/transitions': order,
  'GET /admin/orders': pageOf(order), 'POST /orders/{id}/payments': payment, 'GET /orders/{id}/payments': pageOf(payment), 'GET /payments/{id}': payment, 'POST /payments/{id}/refunds': refund, 'GET /admin/refunds': pageOf(refund),
};

describe('the description of the API', () => {
  it('has the routes of the contract, and says so when there are more', () => {
    const described = [...operations.keys()].sort();
    expect(described).toEqual([...ROUTES.map(nameOf), ...MORE].map(plain).sort());
  });

  it.each(ROUTES.map((route) => [nameOf(route), route] as const))('says of %s what it takes, answers and refuses', (name, route) => {
    const operation = operationOf(name);
    expect(operation.security.length === 0 || operation.security.some((one) => Object.keys(one).length === 0)).toBe(route.who === 'anyone' || route.who === 'gateway');
    const successes = Object.keys(operation.responses).map(Number).filter((status) => status < 300);
    expect([name, successes]).toEqual([name, SUCCESSES[name] ?? [200]]);
    for (const status of successes) {
      const { description, content } = operation.responses[String(status)] ?? { description: '' };
      expect(description).not.toBe('Done.');
      const hasBody = status !== 204 && route.streams !== true && route.who !== 'gateway';
      expect([name, status, content?.['application/json']?.example === undefined]).toEqual([name, status, !hasBody]);
      const shape = SHAPES[name];
      if (shape !== undefined) expect([name, misfits(content?.['application/json']?.example, shape)]).toEqual([name, []]);
    }
    const refused = Object.keys(operation.responses).map(Number).filter((status) => status >= 400);
    if (route.who !== 'anyone' && route.who !== 'gateway') expect(refused).toContain(401);
    if (route.who === 'admin' || route.who === 'ops') expect(refused).toContain(403);
    if (/\{(id|productId)\}/.test(route.path)) expect(refused).toContain(404);
    expect(refused).toEqual(expect.arrayContaining([429, 503]));
    for (const status of refused) {
      const { examples = {} } = operation.responses[String(status)]?.content?.['application/problem+json'] ?? {};
      expect(Object.keys(examples).length).toBeGreaterThan(0);
      for (const [code, { value }] of Object.entries(examples)) expect(value).toMatchObject({ code, status });
    }
    const key = operation.parameters.find((parameter) => parameter.name === 'Idempotency-Key');
    expect([name, key?.required ?? false]).toEqual([name, route.needsKey === true]);
    const body = operation.requestBody?.content['application/json'];
    if (route.who !== 'gateway') expect([name, body === undefined]).toEqual([name, route.body === undefined]);
    if (body !== undefined) expect(body.example).toBeDefined();
  });

});
