import { ADMIN, eventually, newCustomer, newProduct } from '../support/shop-client';
import { Provider, WEBHOOK_SECRET } from '../support/provider';
import { SeededRandom } from '../support/seeded-random';
import { untilIdle } from '../support/settled-shop';
import { Books } from './books';
import { unsettled, whatIsWrongWith } from './check-shop';
import { type Answered, KeyedWrites } from './keyed-writes';
import { KilledShop } from './killed-shop';
import { ShopOwner } from './shop-owner';
import { Shopper } from './shopper';

export interface CrashRoundsOptions {
  readonly directory: string;
  readonly rounds: number;
  readonly seed: number;
  /** Told after each round. */
  readonly onRound?: (round: RoundReport) => void;
}

export interface RoundReport {
  readonly round: number;
  /** So far. */
  readonly kills: number;
  readonly killsDuringStart: number;
  readonly writes: number;
  readonly repeated: number;
  readonly orders: number;
}

const SHOPPERS = 4;
const PRODUCTS = 3;
/** A range of products is given up after so many rounds, so that checking its ledger does not grow with the rounds. */
const ROUNDS_PER_RANGE = 10;
const LONGEST_LOAD_MS = 1_500;
const LONGEST_START_MS = 2_500;
const SETTINGS = { PAYMENT_WINDOW: 'P1D', WEBHOOK_SECRET };

/** Why a run ends: everything that is wrong, in words. */
export class CrashFoundFaults extends Error {
  override readonly name = 'CrashFoundFaults';
}

/**
 * Shoppers and the owner work without a pause; the shop is killed in the middle of it, started again on the same data,
 * and asked whether everything is as they were told. Throws {@link CrashFoundFaults} when it is not.
 */
export async function crashRounds({ directory, rounds, seed, onRound }: CrashRoundsOptions): Promise<void> {
  const random = new SeededRandom(seed);
  const shop = new KilledShop(directory, SETTINGS);
  const writes = new KeyedWrites(shop);
  const books = new Books();
  const counts = { kills: 0, killsDuringStart: 0, repeated: 0 };
  const allProducts: string[] = [];
  let crew: Crew | undefined;
  try {
    await shop.start();
    for (let round = 1; round <= rounds; round++) {
      if (crew === undefined || round % ROUNDS_PER_RANGE === 1) crew = await newCrew(shop, writes, books, random, crew);
      if (round % ROUNDS_PER_RANGE === 1) allProducts.push(...crew.products);
      const before = writes.answered.length;
      const working = crew.work();
      await new Promise((resolve) => setTimeout(resolve, random.between(20, LONGEST_LOAD_MS)));
      await shop.kill();
      counts.kills++;
      if (random.chance(0.4)) {
        await shop.startAndKill(random.between(50, LONGEST_START_MS));
        counts.killsDuringStart++;
      }
      await shop.start();
      crew.finish();
      await working;
      const answered = writes.answered.slice(before);
      counts.repeated += await repeatAll(writes, answered);
      await check(shop, books, crew, round % ROUNDS_PER_RANGE === 0 || round === rounds ? allProducts : crew.products);
      onRound?.({ round, writes: writes.answered.length, orders: books.orders.size, ...counts });
    }
    if ((await shop.stop()) !== 0) throw new CrashFoundFaults('the shop did not stop as it should');
  } finally {
    await shop.kill();
  }
}

interface Crew {
  readonly admin: string;
  readonly products: readonly [string, ...string[]];
  readonly shoppers: readonly Shopper[];
  /** Everybody works until {@link finish}; resolves when everybody has finished what was begun. */
  work(): Promise<void>;
  finish(): void;
}

async function newCrew(shop: KilledShop, writes: KeyedWrites, books: Books, random: SeededRandom, before: Crew | undefined): Promise<Crew> {
  const client = shop.client();
  const admin = await client.signIn(ADMIN.email, ADMIN.password);
  const range = await Promise.all(Array.from({ length: PRODUCTS }, () => newProduct(admin, { stock: 0 })));
  const products: readonly [string, ...string[]] = [range[0] ?? '', ...range.slice(1)];
  const token = admin.token ?? '';
  const shoppers =
    before?.shoppers.map(({ options }) => new Shopper({ ...options, products, name: `${options.name}+` })) ??
    (await Promise.all(
      Array.from({ length: SHOPPERS }, async (_, index) => {
        const customer = await newCustomer(client);
        const provider = () => new Provider(shop.client());
        return new Shopper({ name: `shopper-${index}`, customer, token: customer.client.token ?? '', writes, books, random: random.fork(), products, provider });
      }),
    ));
  const owner = new ShopOwner({ token, writes, books, random: random.fork(), products });
  let isOpen = false;
  const whileOpen = async (step: () => Promise<void>) => {
    while (isOpen) await step();
  };
  return {
    admin: token,
    products,
    shoppers,
    async work() {
      isOpen = true;
      await Promise.all([whileOpen(() => owner.doSomething()), ...shoppers.map((shopper) => whileOpen(() => shopper.buySomething()))]);
    },
    finish: () => (isOpen = false),
  };
}

const TOLD_AGAIN_MS = 15_000;

const IDS = ['orderId', 'paymentId', 'refundId', 'code'] as const;

const kindOf = (status: number): number => (status === 202 || status === 200 ? 201 : status);

/** Every write of the round once more, with its key: it must meet its first outcome. Resolves with how many there were. */
async function repeatAll(writes: KeyedWrites, answered: readonly Answered[]): Promise<number> {
  const wrong: string[] = [];
  for (const { write, answer } of answered) {
    const again = await writes.once(write);
    const isSame = again !== undefined && kindOf(again.status) === kindOf(answer.status) && IDS.every((id) => again.body?.[id] === answer.body?.[id]);
    if (!isSame) wrong.push(`${write.method} ${write.path} with the key ${write.key} gave ${answer.status} ${JSON.stringify(answer.body)} and then ${again?.status} ${JSON.stringify(again?.body)}`);
  }
  if (wrong.length > 0) throw new CrashFoundFaults(`repeated keys did not meet their first outcome:\n${wrong.join('\n')}`);
  return answered.length;
}

async function check(shop: KilledShop, books: Books, crew: Crew, products: readonly string[]): Promise<void> {
  const admin = shop.client(crew.admin);
  await eventually(async () => (await untilIdle(admin), unsettled(admin)), (count) => count === 0, 60_000);
  const faults = async (): Promise<readonly string[]> => {
    await untilIdle(admin);
    return [...(await whatIsWrongWith({ admin, kept: shop.directory, books, products })), ...(await wrongCarts(shop, crew)), ...shop.errors()];
  };
  // The provider tells again what it could not tell a shop that was dead: nothing here shows that it still has to.
  const end = Date.now() + TOLD_AGAIN_MS;
  let wrong = await faults();
  while (wrong.length > 0 && Date.now() < end) wrong = await faults();
  if (wrong.length > 0) throw new CrashFoundFaults(wrong.join('\n'));
}

/** Nothing is lost from a cart, and nothing is in it twice. */
async function wrongCarts(shop: KilledShop, { shoppers }: Crew): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { cart, options } of shoppers) {
    const { body } = await shop.client(options.token).get('/cart');
    const lines = new Map((body.lines as readonly { productId: string; quantity: number }[]).map(({ productId, quantity }) => [productId, quantity]));
    const isSame = lines.size === cart.size && [...cart].every(([productId, quantity]) => lines.get(productId) === quantity);
    if (!isSame) wrong.push(`the cart of ${options.name} has ${JSON.stringify([...lines])} and should have ${JSON.stringify([...cart])}`);
  }
  return wrong;
}
