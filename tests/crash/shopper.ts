import type { Provider } from '../support/provider';
import { type Answer, type Customer, PRICE } from '../support/shop-client';
import type { SeededRandom } from '../support/seeded-random';
import type { Books, KnownOrder, OrderLine } from './books';
import type { KeyedWrite, KeyedWrites } from './keyed-writes';

export interface ShopperOptions {
  readonly name: string;
  readonly customer: Customer;
  readonly token: string;
  readonly writes: KeyedWrites;
  readonly books: Books;
  readonly random: SeededRandom;
  readonly products: readonly [string, ...string[]];
  /** The payment provider where it is at present; rejects while it is down. */
  readonly provider: () => Provider;
}

type Outcome = 'card_ok' | 'card_redirect' | 'card_authorize' | 'card_declined';

const unexpected = (write: string, { status, body }: Answer): Error => new Error(`${write} gave ${status} ${JSON.stringify(body)}`);

/** A customer who buys, pays and cancels, one step after another, and knows exactly what must be in the cart. */
export class Shopper {
  readonly cart = new Map<string, number>();
  private steps = 0;

  constructor(readonly options: ShopperOptions) {}

  /** Fills the cart, mostly orders what is in it, and does what comes of it. */
  async buySomething(): Promise<void> {
    const { random, products } = this.options;
    for (let adds = random.between(1, 3); adds > 0; adds--) await this.add(random.pick(products), random.between(1, 3));
    if (this.cart.size === 0 || random.chance(0.2)) return;
    const order = await this.place();
    if (order === undefined) return;
    if (random.chance(0.85)) await this.pay(order);
    if (random.chance(0.3)) await this.cancel(order);
  }

  private async add(productId: string, quantity: number): Promise<void> {
    const answer = await this.write('POST', '/cart/items', { productId, quantity });
    if (answer.status === 200) this.cart.set(productId, (this.cart.get(productId) ?? 0) + quantity);
    else if (answer.body?.code !== 'insufficient_stock') throw unexpected('adding', answer);
  }

  /** Undefined when there was not enough of something: the cart is then emptied. */
  private async place(): Promise<KnownOrder | undefined> {
    const { customer, books } = this.options;
    const { answer, key } = await this.keyed('POST', '/orders', { addressId: customer.addressId });
    const orderId: unknown = answer.body?.orderId;
    const isShort = answer.status === 409 && answer.body?.code === 'insufficient_stock';
    if (typeof orderId !== 'string' || !([201, 202].includes(answer.status) || isShort)) throw unexpected('placing', answer);
    const order = books.placed(orderId, customer.customerId, this.lines(), key);
    if (isShort || (answer.status === 202 && (await this.isRejected(orderId)))) {
      order.rejected = true;
      await this.write('DELETE', '/cart/items');
    }
    this.cart.clear();
    return order.rejected ? undefined : order;
  }

  /** What a client looks up that was told to come back. */
  private async isRejected(orderId: string): Promise<boolean> {
    for (;;) {
      const answer = await this.options.writes.read(this.options.token, `/orders/${orderId}`);
      // Before its checkout is decided an order shows no stock status at all.
      if (answer?.status === 200 && (answer.body.status !== 'pending' || !['requested', undefined].includes(answer.body.stockStatus))) return answer.body.status === 'rejected';
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async pay(order: KnownOrder): Promise<void> {
    const { random } = this.options;
    const method = random.pick<Outcome>(['card_ok', 'card_ok', 'card_ok', 'card_ok', 'card_redirect', 'card_authorize', 'card_declined']);
    const status = await this.payBy(method, order);
    if (status === 402 && random.chance(0.7)) await this.payBy('card_ok', order);
    if (status === 201 && method === 'card_redirect' && random.chance(0.7)) await this.approve(order);
  }

  private async payBy(method: Outcome, order: KnownOrder): Promise<number> {
    const amount = { ...PRICE, amount: order.lines.reduce((sum, { quantity }) => sum + quantity * PRICE.amount, 0) };
    const { answer, key } = await this.keyed('POST', `/orders/${order.orderId}/payments`, { amount, method, returnUrl: 'http://127.0.0.1/back' });
    const isExpected = answer.status === 201 || (answer.status === 402 && method === 'card_declined') || (answer.status === 409 && answer.body?.code === 'order_not_payable');
    if (!isExpected) throw unexpected(`paying by ${method}`, answer);
    if (answer.status === 201) order.payments.set(key, answer.body.paymentId);
    return answer.status;
  }

  /** On the provider's page, which a browser shows again when the provider was down. */
  private async approve(order: KnownOrder): Promise<void> {
    for (;;) {
      try {
        const provider = this.options.provider();
        const [intent] = await provider.intentsOf(order.orderId);
        if (intent === undefined) throw new Error('the provider does not know the payment');
        order.approved = (await provider.answer(intent.id, 'approve')) === 303;
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  private async cancel(order: KnownOrder): Promise<void> {
    const answer = await this.write('POST', `/orders/${order.orderId}/cancel`, { reason: 'changed my mind' });
    if (answer.status === 200 || answer.status === 202) order.canceled = true;
    else if (answer.body?.code !== 'order_not_cancelable') throw unexpected('canceling', answer);
  }

  private lines(): readonly OrderLine[] {
    return [...this.cart].map(([productId, quantity]) => ({ productId, quantity }));
  }

  private async write(method: KeyedWrite['method'], path: string, body?: unknown): Promise<Answer> {
    return (await this.keyed(method, path, body)).answer;
  }

  private async keyed(method: KeyedWrite['method'], path: string, body?: unknown): Promise<{ readonly answer: Answer; readonly key: string }> {
    const { name, token, writes, random } = this.options;
    const key = `${name}-${++this.steps}-${random.between(0, 1_000_000_000)}`;
    return { key, answer: await writes.send({ token, method, path, key, ...(body === undefined ? {} : { body }) }) };
  }
}
