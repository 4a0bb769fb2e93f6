import { Books } from '../crash/books';
import { whatIsWrongWith, unsettled } from '../crash/check-shop';
import { type Answered, KeyedWrites } from '../crash/keyed-writes';
import { ShopOwner } from '../crash/shop-owner';
import { Shopper } from '../crash/shopper';
import { Provider } from '../support/provider';
import { SeededRandom } from '../support/seeded-random';
import type { EngineAddresses, ServiceProcesses } from '../support/service-processes';
import { untilIdle } from '../support/settled-shop';
import { ADMIN, eventually, newCustomer, newProduct, ShopClient } from '../support/shop-client';

/** People who buy, pay, cancel and send out without a pause, and know what they were told. */
export interface Crew {
  /** From now on, until {@link finish}. */
  work(): Promise<void>;
  finish(): void;
  /** Writes that were answered so far. */
  readonly answered: readonly Answered[];
  /** Once all has come to rest: every key meets its first outcome, and everything is as they were told. In words what is not. */
  faults(): Promise<readonly string[]>;
}

const IDS = ['orderId', 'paymentId', 'refundId', 'code'] as const;
const kindOf = (status: number): number => (status === 202 || status === 200 ? 201 : status);
const SETTLED_MS = 120_000;

export async function newCrew(services: ServiceProcesses, kept: EngineAddresses, { seed, shoppers = 3, products: count = 3 }: { readonly seed: number; readonly shoppers?: number; readonly products?: number }): Promise<Crew> {
  const { client } = services;
  const random = new SeededRandom(seed);
  const writes = new KeyedWrites({ url: () => client.url });
  const resting = new Set<string>();
  const send = writes.send.bind(writes);
  // Whoever orders again before the checkout behind a 202 has ended is answered with that order again: a shopper who is told to come back buys nothing more.
  writes.send = async (write) => {
    const answer = await send(write);
    if (answer.status === 202 && write.path === '/orders') resting.add(write.token);
    return answer;
  };
  const books = new Books();
  const admin = await client.signIn(ADMIN.email, ADMIN.password);
  const [first = '', ...others] = await Promise.all(Array.from({ length: count }, () => newProduct(admin, { stock: 0 })));
  const products: readonly [string, ...string[]] = [first, ...others];
  const customers = await Promise.all(Array.from({ length: shoppers }, () => newCustomer(client)));
  const provider = () => new Provider(client);
  const people = customers.map(
    (customer, index) => new Shopper({ name: `shopper-${seed}-${index}`, customer, token: customer.client.token ?? '', writes, books, random: random.fork(), products, provider }),
  );
  const owner = new ShopOwner({ token: admin.token ?? '', writes, books, random: random.fork(), products });
  let isOpen = false;
  const whileOpen = async (step: () => Promise<void>, isAtRest = () => false) => {
    while (isOpen && !isAtRest()) await step();
  };

  return {
    answered: writes.answered,
    async work() {
      isOpen = true;
      await Promise.all([whileOpen(() => owner.doSomething()), ...people.map((one) => whileOpen(() => one.buySomething(), () => resting.has(one.options.token)))]);
    },
    finish: () => void (isOpen = false),

    async faults() {
      const wrong: string[] = [];
      for (const { write, answer } of [...writes.answered]) {
        const again = await writes.once(write);
        const isSame = again !== undefined && kindOf(again.status) === kindOf(answer.status) && IDS.every((id) => again.body?.[id] === answer.body?.[id]);
        if (!isSame) wrong.push(`${write.method} ${write.path} with the key ${write.key} gave ${answer.status} ${JSON.stringify(answer.body)} and then ${again?.status} ${JSON.stringify(again?.body)}`);
      }
      const ours = new Set(customers.map(({ customerId }) => customerId));
      await eventually(async () => (await untilIdle(admin, SETTLED_MS), unsettled(admin, ours)), (left) => left === 0, SETTLED_MS);
      await untilIdle(admin, SETTLED_MS);
      wrong.push(...(await whatIsWrongWith({ admin: new ShopClient(client.url, admin.token), kept, books, products, customers: ours })));
      return wrong;
    },
  };
}
