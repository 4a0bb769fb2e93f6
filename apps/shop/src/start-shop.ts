import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Provider } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Accounts, ensureAdminAccount } from '@tillroll/customer';
import { EVENT_BUS, TRANSLATOR } from '@tillroll/event-bus';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import { EVENT_STORE } from '@tillroll/event-store';
import {
  configureHttp,
  createHttpAdapter,
  createLog,
  createMetrics,
  EmbeddedIdempotencyRecords,
  foreignTokens,
  LOG,
  type LogLines,
  METRICS,
  nestLog,
  openConsistencyTokens,
  openOwnTokens,
  READ_GATE,
  type ReadGate,
  REVOKED_CUSTOMERS,
  type RevokedCustomers,
  TOKEN_ISSUER,
} from '@tillroll/http';
import { type Clock, systemClock } from '@tillroll/kernel';
import { PAYMENT_METHODS } from '@tillroll/order';
import { PAYMENT_GATEWAY, sandboxPaymentGateway } from '@tillroll/payment';
import { AGGREGATES, CLOCK, type Deadlines, DeadlinesRunner } from '@tillroll/processing';
import { READ_MODELS } from '@tillroll/read-models';
import { PERSONAL_DATA, SECRETS, type SecretStore } from '@tillroll/secrets';
import { testMethods } from '@tillroll/sandbox-gateway';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { LiveAudit } from './audit/live-audit';
import { deadlines, projections, publications } from './contexts';
import { openDemoCatalogue } from './demo-catalogue';
import { openEmbeddedEngines } from './embedded-engines';
import { healthParts } from './health-parts';
import { ShopModule } from './shop.module';

export interface ShopOptions {
  readonly settings: Settings;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard output. */
  readonly lines?: LogLines;
}

export interface RunningShop {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  /** The admin's password when it was made up: shown once, kept nowhere. */
  readonly madeUpPassword?: string;
  readonly app: NestFastifyApplication;
  /** Answers what was begun, keeps every position, closes the file. */
  stop(): Promise<void>;
}

const LONGEST_CATCH_UP_MS = 24 * 3_600_000;

/**
 * Opens the shop: every service and the stand-in payment provider in one process. Resolves when it is ready. Rejects,
 * with everything closed again, when the directory is in use or damaged, or the port is taken.
 */
export async function startShop({ settings, clock = systemClock, lines }: ShopOptions): Promise<RunningShop> {
  const log = createLog(settings, lines);
  const engines = openEmbeddedEngines({ directory: settings.dataDirectory, publications, clock, logger: log });
  const { engine, store, secrets, personalData } = engines;
  const isNew = (await store.head()) === 0;
  const readGate: ReadGate = {
    head: () => store.head(),
    caughtUp: (position, timeoutMs) => engines.projections.caughtUp(position, timeoutMs),
  };
  const ownTokens = await openOwnTokens(secrets, clock);
  const metrics = createMetrics();
  const audit = new LiveAudit({ store, aggregates: engines.aggregates, clock, log });
  metrics.gauge('audit_violations', 'Invariants that are broken now', () => audit.violations.length);
  metrics.gauge('audit_checked_orders', 'Looks of the live audit at orders since the start', () => audit.checked);
  const idempotency = new EmbeddedIdempotencyRecords(engine, personalData, clock);
  const webhookSecret = settings.webhookSecret ?? (await keptWebhookSecret(secrets));
  let url = '';
  let isOpen = false;
  const gateway = sandboxPaymentGateway({ baseUrl: () => `${url}/sandbox/v1`, apiKey: settings.sandboxKey, webhookSecret, clock });

  const ports: readonly Provider[] = [
    { provide: AGGREGATES, useValue: engines.aggregates },
    { provide: EVENT_STORE, useValue: store },
    { provide: EVENT_BUS, useValue: engines.bus },
    { provide: TRANSLATOR, useValue: engines.translator },
    { provide: READ_MODELS, useValue: engines.readModels },
    { provide: READ_GATE, useValue: readGate },
    { provide: SECRETS, useValue: secrets },
    { provide: PERSONAL_DATA, useValue: personalData },
    { provide: PAYMENT_GATEWAY, useValue: gateway },
    { provide: PAYMENT_METHODS, useValue: [...testMethods.keys()] },
    { provide: TOKEN_ISSUER, useValue: ownTokens },
    { provide: SETTINGS, useValue: settings },
    { provide: CLOCK, useValue: clock },
    { provide: LOG, useValue: log },
    { provide: METRICS, useValue: metrics },
  ];
  const sandbox = {
    dataDirectory: settings.dataDirectory,
    key: settings.sandboxKey,
    lateMs: settings.sandboxLateMs,
    clock,
    publicUrl: () => url,
    webhook: { url: () => (url === '' ? undefined : `${url}/v1/webhooks/sandbox`), secret: webhookSecret },
  };

  const app = await NestFactory.create<NestFastifyApplication>(ShopModule.of(ports, sandbox), createHttpAdapter(settings), {
    logger: nestLog(log),
    abortOnError: false,
  });
  const timers = new DeadlinesRunner({ projections: engines.projections, readModels: engines.readModels, clock, logger: log });
  timers.register(deadlines.map((kind) => app.get<Deadlines>(kind)));
  engines.projections.register(projections);
  await engines.projections.start();
  await readGate.caughtUp(await store.head(), LONGEST_CATCH_UP_MS);
  const edge = configureHttp(app, {
    settings,
    clock,
    log,
    metrics,
    idempotency,
    readGate,
    consistency: await openConsistencyTokens(secrets),
    verifier: settings.foreignIssuer === undefined ? ownTokens : foreignTokens(settings.foreignIssuer, clock),
    revoked: app.get<RevokedCustomers>(REVOKED_CUSTOMERS),
    health: [{ name: 'start', check: () => ({ status: isOpen ? 'up' : 'down' }) }, ...healthParts(engines, timers), audit.health],
  });
  connectEventBus(app, engines.bus);

  const stop = async (): Promise<void> => {
    edge.stop();
    await timers.stop();
    await app.close();
    await audit.stop();
    await engines.projections.stop();
    await store.close();
    await engine.close();
  };

  try {
    await app.listen(settings.port, settings.host);
    url = addressOf(settings.host, app.getHttpServer().address() as AddressInfo);
    await app.startAllMicroservices();
    await timers.start();
    const { email, password } = { email: settings.adminEmail, password: settings.adminPassword };
    const admin = await ensureAdminAccount({ accounts: app.get(Accounts), readModels: engines.readModels, clock }, { email, password });
    if (isNew && settings.demo) await openDemoCatalogue(app.get(CommandBus), clock);
    await readGate.caughtUp(await store.head(), LONGEST_CATCH_UP_MS);
    await audit.start();
    isOpen = true;
    return { url, app, stop, ...admin };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** IPv6 addresses stand in brackets; an address that means "any" is shown as the loopback one. */
function addressOf(host: string, { port }: AddressInfo): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

async function keptWebhookSecret(secrets: SecretStore): Promise<string> {
  const secret = await secrets.putIfAbsent('payment/webhook-secret', randomBytes(24));
  return `whsec_${secret.toString('base64')}`;
}
