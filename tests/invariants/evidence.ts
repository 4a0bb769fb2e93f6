import { EVENT_BUS, type EventBus, type BusEvent, TRANSLATOR, type Translator } from '@tillroll/event-bus';
import { EVENT_STORE, type EventStore, type RecordedEvent } from '@tillroll/event-store';
import type { GatewayIntent } from '@tillroll/payment/gateway/port';
import { everyOneOf, readinessOf } from '../support/settled-shop';
import { intentsAt, violationsIn } from '../support/data-directory';
import { expecting, type ShopClient } from '../support/shop-client';
import type { World } from './world';

interface Money {
  readonly amount: number;
  readonly currency: string;
}

export interface ShownOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly stockStatus: string;
  readonly compensating: boolean;
  readonly lines: readonly { readonly productId: string; readonly quantity: number; readonly unitPrice: Money }[];
  readonly total: Money;
  readonly placedAt: string;
}

export interface ShownStock {
  readonly productId: string;
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
}

export interface ShownNotice {
  readonly noticeId: string;
  readonly type: string;
  readonly orderId: string;
}

/** Everything that can be seen of one world when nothing moves any more. */
export interface Evidence {
  readonly world: World;
  /** Of the whole store, from its first event on. */
  readonly log: readonly RecordedEvent[];
  /** Those of this world. */
  readonly events: readonly RecordedEvent[];
  readonly published: readonly BusEvent[];
  readonly orders: readonly ShownOrder[];
  readonly stocks: readonly ShownStock[];
  readonly shortfalls: ReadonlyMap<string, number>;
  /** By order id. */
  readonly intents: ReadonlyMap<string, readonly GatewayIntent[]>;
  readonly notices: readonly ShownNotice[];
  readonly parked: number;
  readonly audited: readonly string[];
  readonly auditedLive: readonly string[];
}

export const gather = (world: World): Promise<Evidence> => world.shop.time.during(gatherNow(world));

async function gatherNow(world: World): Promise<Evidence> {
  const { shop } = world;
  const admin = await world.admin();
  const log = await wholeLog(shop.app.get<EventStore>(EVENT_STORE));
  const events = log.filter(({ position }) => position > world.from);
  const translator = shop.app.get<Translator>(TRANSLATOR);
  const allOrders = await Promise.all(world.customers.map(({ customerId }) => everyOneOf<ShownOrder>(admin, `/admin/orders?customerId=${customerId}`)));
  const { parts } = await readinessOf(admin);
  return {
    world,
    log,
    events,
    published: log.map((event) => translator(event)).filter((event) => event !== undefined),
    orders: allOrders.flat(),
    stocks: await Promise.all(world.products.map((productId): Promise<ShownStock> => expecting(200, admin.get(`/products/${productId}/stock`)))),
    shortfalls: await shortfallsAt(admin),
    intents: Map.groupBy(await intentsAt(shop.url), ({ orderId }) => orderId ?? ''),
    notices: (await Promise.all(world.customers.filter(({ forgotten }) => !forgotten).map(async ({ customerId }) => everyOneOf<ShownNotice>(await world.client(customerId), '/me/notices')))).flat(),
    parked: (await shop.app.get<EventBus>(EVENT_BUS).parked()).length,
    audited: (await violationsIn(shop.directory, shop.clock.now())).map((violation) => JSON.stringify(violation)),
    auditedLive: parts.audit.violations.map((violation) => JSON.stringify(violation)),
  };
}

async function wholeLog(store: EventStore): Promise<readonly RecordedEvent[]> {
  const log: RecordedEvent[] = [];
  for await (const page of store.readAll({ after: 0 })) log.push(...page.events);
  return log;
}

async function shortfallsAt(admin: ShopClient): Promise<ReadonlyMap<string, number>> {
  const listed = await everyOneOf<{ readonly productId: string; readonly shortfall: number }>(admin, '/admin/shortfalls');
  return new Map(listed.map(({ productId, shortfall }) => [productId, shortfall]));
}
