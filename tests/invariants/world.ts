import { randomUUID } from 'node:crypto';
import { uuid5 } from '@tillroll/kernel';
import { Provider } from '../support/provider';
import { ADDRESS, type Answer, expecting, PRICE, ShopClient } from '../support/shop-client';
import { newId, type ShopInVirtualTime } from './shop-in-virtual-time';

export interface Person {
  readonly customerId: string;
  readonly addressId: string;
  forgotten: boolean;
}

export interface OrderOfWorld {
  readonly orderId: string;
  readonly owner: Person;
}

/** A write with a key, and what came of it. */
export interface AnsweredWrite {
  readonly who: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
  readonly answer: Answer;
}

const TOKEN_MINUTES = 50;
const IDS = ['orderId', 'paymentId', 'refundId', 'code'] as const;
/** Refusals that pass by themselves and are not kept, and answers that promise nothing yet. */
const isPassing = ({ status, body }: Answer): boolean => status >= 500 || status === 401 || ['cart_locked', 'idempotency_in_flight', 'conflict'].includes(body?.code);

const kindOf = (status: number): number => (status === 200 || status === 202 ? 201 : status);

/** The people and goods of one run, who know nobody of another run, and everything that they were told. */
export class World {
  readonly orders: OrderOfWorld[] = [];
  readonly writes: AnsweredWrite[] = [];
  /** Answers that nobody should ever get, in words. */
  readonly faults: string[] = [];
  /** Streams of this world begin behind it. */
  readonly from: number;
  readonly provider: Provider;
  private readonly tokens = new Map<string, { readonly client: ShopClient; readonly until: number }>();

  private constructor(
    readonly shop: ShopInVirtualTime,
    readonly adminId: string,
    readonly customers: readonly Person[],
    readonly products: readonly string[],
    from: number,
  ) {
    this.from = from;
    this.provider = new Provider(new ShopClient(shop.url));
  }

  /** Five customers; three products: plenty of one, little of another, and one of which a customer may buy three a day. */
  static async begin(shop: ShopInVirtualTime, from: number): Promise<World> {
    const adminId = newId(shop.clock);
    const admin = await shop.as(adminId, ['admin', 'ops']);
    const customers = await Promise.all(
      Array.from({ length: 5 }, async (): Promise<Person> => {
        const customerId = newId(shop.clock);
        const { addressId } = await expecting(201, (await shop.as(customerId)).post('/me/addresses', ADDRESS));
        return { customerId, addressId, forgotten: false };
      }),
    );
    const offers = [{ stock: 60 }, { stock: 4 }, { stock: 40, purchaseLimit: { quantity: 3, days: 1 } }];
    const products = await Promise.all(
      offers.map(async ({ stock, ...more }) => {
        const productId = `p-${randomUUID()}`;
        await expecting(201, admin.post('/products', { productId, name: 'Something', price: PRICE, ...more }));
        await expecting(201, admin.post(`/products/${productId}/stock-adjustments`, { delta: stock, reason: 'received' }));
        return productId;
      }),
    );
    return new World(shop, adminId, customers, products, from);
  }

  customer(number: number): Person {
    return of(this.customers, number);
  }

  product(number: number): string {
    return of(this.products, number);
  }

  /** Lately placed ones first: they have the most before them. */
  order(number: number): OrderOfWorld | undefined {
    return this.orders.length === 0 ? undefined : this.orders[this.orders.length - 1 - (number % this.orders.length)];
  }

  admin(): Promise<ShopClient> {
    return this.client(this.adminId);
  }

  async client(who: string): Promise<ShopClient> {
    const known = this.tokens.get(who);
    if (known !== undefined && known.until > this.shop.clock.now()) return known.client;
    const client = await this.shop.as(who, who === this.adminId ? ['admin', 'ops'] : []);
    this.tokens.set(who, { client, until: this.shop.clock.now() + TOKEN_MINUTES * 60_000 });
    return client;
  }

  /** A write with a new key. */
  async write(who: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const key = randomUUID();
    const answer = await this.send(who, method, path, body, key);
    if (!isPassing(answer)) this.writes.push({ who, method, path, body, key, answer });
    return answer;
  }

  /** An earlier write once more: it must meet its first outcome. */
  async repeat(number: number): Promise<void> {
    const write = this.writes.length === 0 ? undefined : of(this.writes, number);
    if (write === undefined) return;
    const { who, method, path, body, key, answer } = write;
    const again = await this.send(who, method, path, body, key);
    if (isPassing(again)) return;
    const isSame = kindOf(again.status) === kindOf(answer.status) && IDS.every((id) => again.body?.[id] === answer.body?.[id]);
    if (!isSame) this.faults.push(`${method} ${path} gave ${told(answer)}, and with the same key ${told(again)}`);
  }

  /** The command ids of the writes that were accepted. */
  accepted(): readonly { readonly commandId: string; readonly write: AnsweredWrite }[] {
    return this.writes
      .filter(({ answer }) => answer.status === 200 || answer.status === 201 || answer.status === 202)
      .map((write) => ({ write, commandId: uuid5('key', write.who, write.method, `/v1${write.path}`, write.key) }));
  }

  private async send(who: string, method: string, path: string, body: unknown, key: string): Promise<Answer> {
    const answer = await (await this.client(who)).request(method, path, { key, ...(body === undefined ? {} : { body }) });
    if (!isExpected(answer)) this.faults.push(`${method} ${path} ${JSON.stringify(body)} gave ${told(answer)}`);
    return answer;
  }
}

const EXPECTED_503 = ['gateway_unavailable', 'service_unavailable'];

const isExpected = ({ status, body }: Answer): boolean =>
  status < 300 || [401, 402, 404, 409].includes(status) || (status === 422 && body?.code !== 'idempotency_key_reused') || (status === 503 && EXPECTED_503.includes(body?.code));

const told = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body)}`;

function of<T>(items: readonly T[], number: number): T {
  const item = items[number % items.length];
  if (item === undefined) throw new Error('there is none');
  return item;
}
