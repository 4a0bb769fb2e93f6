import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DataOf, type EventContract, order as orderContracts } from '@tillroll/contracts';
import { Accounts, CustomerModule, customerProjections, customerPublications } from '@tillroll/customer';
import { createTranslator, type EventBus } from '@tillroll/event-bus';
import { openEmbeddedEventBus } from '@tillroll/event-bus/embedded/embedded-event-bus';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import { EmbeddedEngine, EVENT_STORE, type EventStore, openEmbeddedEventStore, openEmbeddedSnapshotCache, type RecordedEvent } from '@tillroll/event-store';
import {
  configureHttp,
  createHttpAdapter,
  createLog,
  createMetrics,
  EmbeddedIdempotencyRecords,
  openConsistencyTokens,
  openOwnTokens,
  READ_GATE,
  type ReadGate,
  REVOKED_CUSTOMERS,
  TOKEN_ISSUER,
} from '@tillroll/http';
import { systemClock, toTimestamp, uuid7 } from '@tillroll/kernel';
import { orderPublications } from '@tillroll/order/public';
import { AGGREGATES, AggregateRuntime, CLOCK, eventLogOf, ProjectionRunner } from '@tillroll/processing';
import { openEmbeddedReadModels, READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { createPersonalData, openEmbeddedSecretStore, PERSONAL_DATA, type PersonalData, SECRETS } from '@tillroll/secrets';
import { ShopClient } from '../support/shop-client';

const translate = createTranslator([customerPublications, orderPublications]);

export interface CustomerPlaceOptions {
  /** The place of an earlier one that was closed. Default: a new one. */
  readonly directory?: string;
  /** Stands between the context and what seals personal data. */
  readonly disturb?: (personalData: PersonalData) => PersonalData;
}

/** The customer context alone, with its real parts, over HTTP. What other contexts say, a test says. */
export class CustomerPlace {
  private constructor(
    readonly directory: string,
    readonly client: ShopClient,
    readonly store: EventStore,
    readonly bus: EventBus,
    readonly readModels: ReadModels,
    readonly accounts: Accounts,
    private readonly engine: EmbeddedEngine,
    private readonly readGate: ReadGate,
    private readonly closeAll: () => Promise<void>,
  ) {}

  static async open({ directory, disturb = (personalData) => personalData }: CustomerPlaceOptions = {}): Promise<CustomerPlace> {
    const place = directory ?? (await mkdtemp(join(tmpdir(), 'tillroll-customer-')));
    const clock = systemClock;
    const engine = EmbeddedEngine.open({ directory: place });
    const store = openEmbeddedEventStore({ engine });
    const secrets = openEmbeddedSecretStore(engine);
    const personalData = disturb(createPersonalData(secrets));
    const aggregates = new AggregateRuntime({ store, clock, snapshots: openEmbeddedSnapshotCache(engine) });
    const bus = openEmbeddedEventBus({ engine, store, clock, translator: translate, retry: { attempts: 3, backoffMs: 1 } });
    const readModels = openEmbeddedReadModels({ engine });
    const projections = new ProjectionRunner({ log: eventLogOf(store, translate), store: readModels, clock });
    projections.register(customerProjections);
    await projections.start();
    const readGate: ReadGate = { head: () => store.head(), caughtUp: (position, timeoutMs) => projections.caughtUp(position, timeoutMs) };
    const tokens = await openOwnTokens(secrets, clock);

    const ports: Provider[] = [
      { provide: AGGREGATES, useValue: aggregates },
      { provide: READ_MODELS, useValue: readModels },
      { provide: READ_GATE, useValue: readGate },
      { provide: CLOCK, useValue: clock },
      { provide: SECRETS, useValue: secrets },
      { provide: PERSONAL_DATA, useValue: personalData },
      { provide: EVENT_STORE, useValue: store },
      { provide: TOKEN_ISSUER, useValue: tokens },
    ];
    @Global()
    @Module({ providers: ports, exports: ports })
    class Ports {}

    @Module({ imports: [Ports, CustomerModule] })
    class Place {}

    const app = await NestFactory.create<NestFastifyApplication>(Place, createHttpAdapter({ trustProxy: 0 }), { logger: ['error'], abortOnError: false, bodyParser: false });
    const edge = configureHttp(app, {
      settings: { rateLimit: undefined },
      clock,
      log: createLog({ logLevel: 'error', logFormat: 'json' }),
      verifier: tokens,
      revoked: app.get(REVOKED_CUSTOMERS),
      idempotency: new EmbeddedIdempotencyRecords(engine, personalData, clock),
      consistency: await openConsistencyTokens(secrets),
      readGate,
      health: [],
      metrics: createMetrics(),
    });
    connectEventBus(app, bus);
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new CustomerPlace(place, new ShopClient(`http://127.0.0.1:${port}`), store, bus, readModels, app.get(Accounts), engine, readGate, async () => {
      edge.stop();
      await app.close();
      await bus.stop();
      await projections.stop();
      await store.close();
      await engine.close();
    });
  }

  /** Stops everything; the directory stays for another one. */
  stop(): Promise<void> {
    return this.closeAll();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What an order says, in the order's own stream. */
  async orderSays<C extends EventContract>(type: string, contract: C, data: DataOf<C>): Promise<void> {
    const streamId = `order-${(data as { readonly orderId: string }).orderId}`;
    const last = (await this.history(streamId)).at(-1);
    const id = uuid7(Date.now());
    const metadata = { time: toTimestamp(Date.now()), commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
    await this.store.append(streamId, last?.revision ?? 'no_stream', [{ id, type, data, metadata }]);
  }

  orderIsPlaced(orderId: string, customerId: string): Promise<void> {
    const total = { amount: 1, currency: 'EUR' };
    const at = toTimestamp(Date.now());
    const placed = { orderId, customerId, cartId: orderId, requestId: orderId, lines: [], total, address: 'sealed', placedAt: at, expiresAt: at };
    return this.orderSays('OrderPlaced', orderContracts.OrderPlaced, placed);
  }

  orderIsDelivered(orderId: string, customerId: string): Promise<void> {
    return this.orderSays('OrderDelivered', orderContracts.OrderDelivered, { orderId, customerId });
  }

  /** All consumers and projections are done with all that is in the log, also with what they have caused. */
  async settled(): Promise<void> {
    for (let head = -1; head !== (await this.store.head()); ) {
      head = await this.store.head();
      if (!(await this.bus.caughtUp(head, { timeoutMs: 20_000 })) || !(await this.readGate.caughtUp(head, 20_000))) throw new Error('the consumers do not catch up');
    }
  }

  async history(streamId: string): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const page of this.store.readStream(streamId)) found.push(...page);
    return found;
  }

  async log(): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const { events } of this.store.readAll({ after: 0 })) found.push(...events);
    return found;
  }

  /** Every byte that is kept, with the write-ahead log folded in. */
  async bytes(): Promise<Buffer> {
    await this.engine.scrub();
    const files = (await readdir(this.directory)).filter((file) => file === 'tillroll.db' || file.endsWith('-wal'));
    return Buffer.concat(await Promise.all(files.map((file) => readFile(join(this.directory, file)))));
  }
}
