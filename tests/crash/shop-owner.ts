import type { Answer } from '../support/shop-client';
import type { SeededRandom } from '../support/seeded-random';
import type { Books, KnownOrder } from './books';
import type { KeyedWrites } from './keyed-writes';

export interface ShopOwnerOptions {
  readonly token: string;
  readonly writes: KeyedWrites;
  readonly books: Books;
  readonly random: SeededRandom;
  readonly products: readonly [string, ...string[]];
}

const NEXT = { processing: 'shipped', shipped: 'delivered' } as const;

/** The admin: counts and receives goods, sends orders out, pays some money back. */
export class ShopOwner {
  private steps = 0;

  constructor(private readonly options: ShopOwnerOptions) {}

  async doSomething(): Promise<void> {
    const { random } = this.options;
    if (random.chance(0.4)) return this.adjust();
    const order = this.anyOrder();
    if (order === undefined) return this.adjust();
    return random.chance(0.75) ? this.advance(order) : this.refund(order);
  }

  private async adjust(): Promise<void> {
    const { random, products, books } = this.options;
    const [productId, delta] = [random.pick(products), random.between(1, 12)];
    const key = this.key();
    const answer = await this.write(key, `/products/${productId}/stock-adjustments`, { delta, reason: key });
    if (answer.status !== 201) throw new Error(`adjusting gave ${answer.status} ${JSON.stringify(answer.body)}`);
    books.adjustments.push({ productId, delta, reason: key });
  }

  private async advance(order: KnownOrder): Promise<void> {
    const to = order.advancedTo === undefined ? 'processing' : order.advancedTo === 'delivered' ? undefined : NEXT[order.advancedTo];
    if (to === undefined) return;
    const answer = await this.write(this.key(), `/orders/${order.orderId}/transitions`, { to });
    if (answer.status === 200) order.advancedTo = to;
    else if (answer.body?.code !== 'invalid_transition') throw new Error(`advancing gave ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private async refund(order: KnownOrder): Promise<void> {
    const paymentId = [...order.payments.values()].at(-1);
    if (paymentId === undefined) return;
    const amount = { amount: this.options.random.between(1, 900), currency: 'EUR' };
    const answer = await this.write(this.key(), `/payments/${paymentId}/refunds`, { amount, reason: 'a scratch' });
    if (answer.status === 201 || answer.status === 202) order.refunds.set(answer.body.refundId, amount.amount);
    else if (answer.body?.code !== 'refund_exceeds_captured') throw new Error(`refunding gave ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private anyOrder(): KnownOrder | undefined {
    const orders = [...this.options.books.orders.values()].slice(-40).filter(({ rejected, canceled }) => !rejected && !canceled);
    const [first, ...others] = orders;
    return first === undefined ? undefined : this.options.random.pick([first, ...others]);
  }

  private write(key: string, path: string, body: unknown): Promise<Answer> {
    return this.options.writes.send({ token: this.options.token, method: 'POST', path, body, key });
  }

  private key(): string {
    return `owner-${++this.steps}-${this.options.random.between(0, 1_000_000_000)}`;
  }
}
