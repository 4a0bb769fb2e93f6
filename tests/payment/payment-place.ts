import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DataOf, type EventContract, order as orderContracts } from '@tillroll/contracts';
import { type BusEvent, createTranslator, type EventBus } from '@tillroll/event-bus';
import { openEmbeddedEventBus } from '@tillroll/event-bus/embedded/embedded-event-bus';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, type RecordedEvent } from '@tillroll/event-store';
import { systemClock, toTimestamp, uuid5, uuid7 } from '@tillroll/kernel';
import { configureHttp, createHttpAdapter, createLog, createMetrics, EmbeddedIdempotencyRecords, READ_GATE, type ReadGate, type TokenVerifier } from '@tillroll/http';
import { orderPublications } from '@tillroll/order/public';
import { PAYMENT_GATEWAY, paymentDeadlines, PaymentModule, type PaymentGateway, paymentProjections, paymentPublications, sandboxPaymentGateway } from '@tillroll/payment';
import { GatewayConversation } from '@tillroll/payment/conversation/gateway-conversation';
import { paymentType } from '@tillroll/payment/payment-types';
import { isKnown, type KnownPayment } from '@tillroll/payment/write/payment-state';
import { AGGREGATES, AggregateRuntime, type Aggregates, CLOCK, type Deadlines } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { SandboxGatewayModule } from '@tillroll/sandbox-gateway';
import { createPersonalData, openEmbeddedSecretStore } from '@tillroll/secrets';
import { SETTINGS } from '@tillroll/settings';
import { projected, VirtualClock } from '@tillroll/testing';

const KEY = 'sk_test';
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
export const REFUND_RETRY_MS = [10_000, 60_000];
const translate = createTranslator([orderPublications, paymentPublications]);

/** A token is the customer's id, and the roles behind a plus sign. */
const verifier: TokenVerifier = {
  async verify(token) {
    const [customerId = '', ...roles] = token.split('+');
    return { customerId, roles, expiresAt: Number.MAX_SAFE_INTEGER };
  },
};

type OrderEventName = keyof typeof orderContracts;

/** The payment context with its real parts and a real provider, on time that a test lets pass. */
export class PaymentPlace {
  private constructor(
    readonly app: INestApplication,
    readonly clock: VirtualClock,
    readonly store: EventStore,
    readonly aggregates: Aggregates,
    readonly bus: EventBus,
    readonly gateway: PaymentGateway,
    readonly url: string,
    private readonly closeAll: () => Promise<void>,
  ) {}

  /** `disturb` stands between the shop and its provider: it may fail before or after the real call. */
  static async open(disturb: (gateway: PaymentGateway) => PaymentGateway = (gateway) => gateway): Promise<PaymentPlace> {
    const directory = await mkdtemp(join(tmpdir(), 'tillroll-payment-'));
    const clock = new VirtualClock();
    const engine = EmbeddedEngine.open({ directory });
    const store = openEmbeddedEventStore({ engine });
    const aggregates = new AggregateRuntime({ store, clock });
    const bus = openEmbeddedEventBus({ engine, store, clock: systemClock, translator: translate, retry: { attempts: 3, backoffMs: 1 } });
    let url = '';
    const provider = sandboxPaymentGateway({ baseUrl: () => `${url}/sandbox/v1`, apiKey: KEY, webhookSecret: WEBHOOK_SECRET, clock, timeoutMs: 2_000 });
    const gateway = disturb(provider);
    const readModels = readModelsOf(store);
    const readGate: ReadGate = { head: () => store.head(), caughtUp: () => true };

    @Global()
    @Module({
      providers: [
        { provide: AGGREGATES, useValue: aggregates },
        { provide: READ_MODELS, useValue: readModels },
        { provide: READ_GATE, useValue: readGate },
        { provide: CLOCK, useValue: clock },
        { provide: SETTINGS, useValue: { refundRetryMs: REFUND_RETRY_MS } },
        { provide: PAYMENT_GATEWAY, useValue: gateway },
      ],
      exports: [AGGREGATES, READ_MODELS, READ_GATE, CLOCK, SETTINGS, PAYMENT_GATEWAY],
    })
    class Ports {}

    const webhook = { url: () => (url === '' ? undefined : `${url}/v1/webhooks/sandbox`), secret: WEBHOOK_SECRET };
    @Module({ imports: [Ports, SandboxGatewayModule.register({ dataDirectory: directory, key: KEY, lateMs: 5_000, webhook, clock }), PaymentModule] })
    class Place {}

    const app = await NestFactory.create<NestFastifyApplication>(Place, createHttpAdapter({ trustProxy: 0 }), {
      logger: ['error'],
      abortOnError: false,
      bodyParser: false,
    });
    const edge = configureHttp(app, {
      settings: { rateLimit: undefined },
      clock,
      log: createLog({ logLevel: 'silent', logFormat: 'json' }),
      verifier,
      revoked: { isRevoked: () => false },
      idempotency: new EmbeddedIdempotencyRecords(engine, createPersonalData(openEmbeddedSecretStore(engine)), clock),
      consistency: { issue: String, read: Number },
      readGate,
      health: [],
      metrics: createMetrics(),
    });
    connectEventBus(app, bus);
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer()).address() as AddressInfo).port}`;
    return new PaymentPlace(app, clock, store, aggregates, bus, gateway, url, async () => {
      edge.stop();
      await app.close();
      await bus.stop();
      await provider.close();
      await store.close();
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.closeAll();
  }

  /** What an order says, in the order's own stream. */
  async orderSays<N extends OrderEventName>(name: N, data: DataOf<(typeof orderContracts)[N] & EventContract>): Promise<void> {
    const { orderId } = data as { readonly orderId: string };
    const last = (await this.history(`order-${orderId}`)).at(-1);
    const id = uuid7(Date.now());
    await this.store.append(`order-${orderId}`, last?.revision ?? 'no_stream', [
      {
        id,
        type: name,
        data: data,
        metadata: { time: toTimestamp(this.clock.now()), commandId: id, correlationId: id, causationId: id, actor: 'system:test' },
      },
    ]);
  }

  /** An order that asks for a payment. */
  async pay(method: string, amount = 5_000): Promise<{ paymentId: string; orderId: string; customerId: string }> {
    const orderId = uuid7(Date.now());
    const ids = { orderId, customerId: uuid5('customer', orderId), paymentId: uuid5('payment', orderId) };
    const payUntil = toTimestamp(this.clock.now() + 30 * 60_000);
    await this.orderSays('OrderPaymentRequested', { ...ids, amount: { amount, currency: 'EUR' }, method, returnUrl: 'https://shop.example/back', payUntil });
    return ids;
  }

  async payment(paymentId: string): Promise<KnownPayment> {
    const { state } = await this.aggregates.load(paymentType, paymentId);
    if (!isKnown(state)) throw new Error(`there is no payment ${paymentId}`);
    return state;
  }

  /** The stored types of the payment's events. */
  async events(paymentId: string): Promise<readonly string[]> {
    return (await this.history(`payment-${paymentId}`)).map(({ type }) => type);
  }

  async until(paymentId: string, condition: (payment: KnownPayment) => boolean): Promise<KnownPayment> {
    for (;;) {
      const found = await this.aggregates.until(paymentType, paymentId, (state) => isKnown(state) && condition(state), 3_600_000);
      if (found !== undefined && isKnown(found.state)) return found.state;
    }
  }

  /** All consumers are done with all that is in the log, also with what they have caused. */
  async settled(): Promise<void> {
    for (let head = -1; head !== (await this.store.head()); ) {
      head = await this.store.head();
      if (!(await this.bus.caughtUp(head, { timeoutMs: 20_000 }))) throw new Error('the consumers do not catch up');
    }
  }

  /** Lets time pass: the provider's time, and every deadline in its turn. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      await this.settled();
      const due = (await this.deadlines()).filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      await this.clock.advance(Math.max(0, due.at - this.clock.now()));
      const calls = (this.calls.get(due.id)?.count ?? 0) + 1;
      if (calls > 2) throw new Error(`${due.id} was called twice, and still stands`);
      this.calls.set(due.id, { count: calls, again: this.clock.now() + 1_000 });
      await due.fire();
    }
    await this.clock.advance(Math.max(0, end - this.clock.now()));
    await this.settled();
  }

  private readonly calls = new Map<string, { readonly count: number; readonly again: number }>();

  /** The deadlines that stand, by the rules of their runner: one that was called and still stands is called again. */
  private async deadlines(): Promise<readonly { id: string; at: number; fire: () => Promise<void> }[]> {
    const kinds = paymentDeadlines.map((kind): Deadlines => this.app.get(kind));
    const standing = new Map<string, { id: string; at: number; fire: () => Promise<void> }>();
    for (const event of await busEvents(this.store))
      for (const deadlines of kinds)
        for (const { key, at, data = {} } of deadlines.on[event.type]?.(event) ?? []) {
          const name = `${deadlines.kind} ${key}`;
          if (at === undefined) standing.delete(name);
          else standing.set(name, { id: `${name} ${event.position}`, at, fire: () => deadlines.due({ key, at, data }) });
        }
    return [...standing.values()].map((deadline) => ({ ...deadline, at: this.calls.get(deadline.id)?.again ?? deadline.at }));
  }

  async chaos(settings: Readonly<Record<string, number>>): Promise<void> {
    const response = await fetch(`${this.url}/sandbox/v1/chaos`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ delayMs: 0, duplicate: 0, drop: 0, reorder: 0, errorRate: 0, hangRate: 0, ...settings }),
    });
    if (!response.ok) throw new Error(`chaos: ${response.status} ${await response.text()}`);
  }

  /** The customer answers on the provider's page. */
  async customerAnswers(paymentId: string, outcome: 'approve' | 'decline'): Promise<void> {
    const { nextAction } = await this.until(paymentId, (payment) => payment.nextAction !== undefined);
    const response = await fetch(nextAction?.url ?? '', { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
    if (response.status !== 303) throw new Error(`the page answered ${response.status}`);
  }

  async sync(paymentId: string) {
    return this.app.get(GatewayConversation).hold(paymentId, causeNamed(uuid7(Date.now())), {});
  }

  /** `who`: a customer's id, or with `+admin` behind it. */
  async call(method: 'GET' | 'POST', path: string, who: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: { ...(who === '' ? {} : { authorization: `Bearer ${who}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as Readonly<Record<string, unknown>> };
  }

  history(streamId: string): Promise<readonly RecordedEvent[]> {
    return all(this.store.readStream(streamId));
  }

  async refunds(paymentId: string, amount: number, refundId = uuid7(Date.now())): Promise<string> {
    await this.aggregates.execute(
      paymentType,
      paymentId,
      { type: 'RequestRefund', refundId, amount: { amount, currency: 'EUR' }, reason: 'broken', at: this.clock.now() },
      causeNamed(refundId),
    );
    return refundId;
  }
}

const causeNamed = (commandId: string) => ({ commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' });

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

async function busEvents(store: EventStore): Promise<readonly BusEvent[]> {
  const events: BusEvent[] = [];
  for await (const page of store.readAll({ after: 0 }))
    for (const recorded of page.events) {
      const event = translate(recorded);
      if (event !== undefined) events.push(event);
    }
  return events;
}

/** Read models that are never behind: folded from the log whenever they are asked. */
function readModelsOf(store: EventStore): ReadModels {
  const documentsOf = async (name: string) => {
    const projection = paymentProjections.find((known) => known.name === name);
    if (projection === undefined) throw new TypeError(`there is no projection ${name}`);
    return projected(projection as never, await busEvents(store));
  };
  return {
    get: async (name, id) => (await documentsOf(name)).get(id) as never,
    find: async (name, { where = {}, limit }) =>
      [...(await documentsOf(name))]
        .map(([id, document]) => ({ id, document: document as never }))
        .filter(({ document }) => Object.entries(where).every(([field, value]) => document[field] === value))
        .slice(0, limit),
  };
}
