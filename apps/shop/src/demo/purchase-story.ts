import { randomUUID } from 'node:crypto';
import { EventTape, showEvents } from './event-tape';

export interface StoryOptions {
  readonly url: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly tell: (line: string) => void;
}

type Json = Readonly<Record<string, never>> & { readonly [field: string]: Json };

interface Step {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly status: number;
  /** The last event that the step leads to; none when it only reads. */
  readonly until?: string;
}

/** Tells one purchase: what is asked, what is answered, and the events that it wrote. Throws when an answer is another one. */
export async function tellPurchase({ url, admin, tell }: StoryOptions): Promise<void> {
  const ask = async ({ method, path, body, token, status }: Step, correlationId: string): Promise<Json> => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        'x-correlation-id': correlationId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'GET' || token === undefined ? {} : { 'idempotency-key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Json;
    if (response.status !== status) throw new Error(`${method} ${path} answered ${response.status} instead of ${status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const signIn = async (email: string, password: string): Promise<string> =>
    (await ask({ title: '', method: 'POST', path: '/sessions', body: { email, password }, status: 201 }, randomUUID())).accessToken as unknown as string;

  const tape = await EventTape.listen(url, await signIn(admin.email, admin.password));
  let number = 0;
  const step = async (described: Step, show: (answer: Json) => string): Promise<Json> => {
    const correlationId = randomUUID();
    const answer = await ask(described, correlationId);
    tell(`\n${String(++number).padStart(2)}. ${described.title}\n    ${described.method} /v1${described.path} -> ${described.status} ${show(answer)}`);
    if (described.until !== undefined) tell(showEvents(await tape.eventsOf(correlationId, described.until)));
    return answer;
  };

  try {
    const email = `ada-${randomUUID().slice(0, 8)}@example.com`;
    const password = randomUUID();
    await step(
      { title: 'Ada opens an account', method: 'POST', path: '/accounts', body: { email, password, name: 'Ada Lovelace' }, status: 201, until: 'account-opened' },
      ({ customerId }) => `customer ${customerId}`,
    );
    const token = await signIn(email, password);
    const address = { name: 'Ada Lovelace', line1: "12 St James's Square", city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
    const { addressId } = await step(
      { title: 'adds her address', method: 'POST', path: '/me/addresses', body: address, token, status: 201, until: 'address-added' },
      () => 'kept encrypted',
    );
    const products = await step({ title: 'looks at the catalogue', method: 'GET', path: '/products?limit=3', token, status: 200 }, ({ data }) =>
      (data as unknown as readonly Json[]).map(({ name, price }) => `${name} (${euros(price)})`).join(', '),
    );
    const product = (products.data as unknown as readonly Json[])[0];
    if (product === undefined) throw new Error('the catalogue is empty: add a product with stock first, or start with DEMO=on');
    await step(
      { title: 'puts two of the first into her cart', method: 'POST', path: '/cart/items', body: { productId: product.productId, quantity: 2 }, token, status: 200, until: 'item-added' },
      ({ total }) => `total ${euros(total)}`,
    );
    const order = await step(
      { title: 'places her order: stock is held, the cart is emptied', method: 'POST', path: '/orders', body: { addressId }, token, status: 201, until: 'cart-checked-out' },
      ({ orderId, status, stockStatus }) => `order ${orderId}, ${status}, stock ${stockStatus}`,
    );
    const pay = (method: string) => ({ method: 'POST', path: `/orders/${order.orderId}/payments`, body: { amount: order.total, method }, token });
    await step(
      { title: 'pays with a card that is declined: the order stays, so does its stock', ...pay('card_declined'), status: 402, until: 'payment-failed' },
      ({ code, reasonCode, options }) => `${code} (${reasonCode}), she may ${(options as unknown as readonly string[]).join(' or ')}`,
    );
    await step(
      { title: 'tries another card', ...pay('card_ok'), status: 201, until: 'stock-committed' },
      ({ paymentId, status }) => `payment ${paymentId}, ${status}`,
    );
    const cancel = { method: 'POST', path: `/orders/${order.orderId}/cancel`, body: { reason: 'found it in the attic' }, token };
    await step(
      { title: 'changes her mind: stock goes back, and so does the money', ...cancel, status: 200, until: 'compensation-completed' },
      ({ status, paymentStatus }) => `${status}, payment ${paymentStatus}`,
    );
    await step({ title: 'asks what happened', method: 'GET', path: `/orders/${order.orderId}/timeline`, token, status: 200 }, ({ data }) =>
      `${(data as unknown as readonly Json[]).length} things, in all services:\n${(data as unknown as readonly Json[]).map(({ time, type }) => `      ${time}  ${type}`).join('\n')}`,
    );
  } finally {
    tape.close();
  }
}

const euros = (money: Json | undefined): string => `${(Number(money?.amount) / 100).toFixed(2)} ${String(money?.currency)}`;
