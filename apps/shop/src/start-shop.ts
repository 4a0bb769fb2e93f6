import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { CommandBus } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Accounts, ensureAdminAccount } from '@tillroll/customer';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import {
  configureHttp,
  createHttpAdapter,
  createLog,
  createMetrics,
  EmbeddedIdempotencyRecords,
  foreignTokens,
  type LogLines,
  nestLog,
  openConsistencyTokens,
  openOwnTokens,
  type ReadGate,
  REVOKED_CUSTOMERS,
  type RevokedCustomers,
} from '@tillroll/http';
import { type Clock, systemClock } from '@tillroll/kernel';
import { sandboxPaymentGateway } from '@tillroll/payment';
import { type Deadlines, DeadlinesRunner } from '@tillroll/processing';
import type { SecretStore } from '@tillroll/secrets';
import type { Settings } from '@tillroll/settings';
import { LiveAudit } from './audit/live-audit';
import { deadlines, projections, publications } from './contexts';
import { openDemoCatalogue } from './demo-catalogue';
import { openEmbeddedEngines } from './embedded-engines';
import { isFirstStart } from './first-start';
import { healthParts } from './health-parts';
import { shopPorts } from './shop-ports';
import { ShopModule } from './shop.module';

export interface ShopOptions {
  readonly settings: Settings;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard output. */
  readonly lines?: LogLines;
  /** Told the admin's password when it has to be made up: it is kept nowhere. */
  readonly announcePassword?: (madeUpPassword: string) => void;
}

export interface RunningShop {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Answers what was begun, keeps every position, closes the file. */
  stop(): Promise<void>;
}

const LONGEST_CATCH_UP_MS = 24 * 3_600_000;

/**
 * Opens the shop: every service and the stand-in payment provider in one process. Resolves when it is ready. Rejects,
 * with everything closed again, when the directory is in use or damaged, or the port is taken.
 */
export async function startShop(options: ShopOptions): Promise<RunningShop> {
  const closing = new AsyncDisposableStack();
  try {
    return { ...(await open(options, closing)), stop: () => closing.disposeAsync() };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

/** What is opened is closed in the opposite order: no longer ready, requests answered, consumers drained, stores closed. */
async function open({ settings, clock = systemClock, lines, announcePassword: announce }: ShopOptions, closing: AsyncDisposableStack): Promise<Omit<RunningShop, 'stop'>> {
  const log = createLog(settings, lines);
  const engines = openEmbeddedEngines({ directory: settings.dataDirectory, publications, clock, logger: log });
  const { engine, store, secrets } = engines;
  closing.defer(() => engine.close());
  closing.defer(() => store.close());
  const isNew = await isFirstStart(store);
  const readGate: ReadGate = {
    head: () => store.head(),
    caughtUp: (position, timeoutMs) => engines.projections.caughtUp(position, timeoutMs),
  };
  const tokens = await openOwnTokens(secrets, clock);
  const metrics = createMetrics();
  const webhookSecret = settings.webhookSecret ?? (await keptWebhookSecret(secrets));
  let url = '';
  let isOpen = false;
  const gateway = sandboxPaymentGateway({ baseUrl: () => `${url}/sandbox/v1`, apiKey: settings.sandboxKey, webhookSecret, clock });
  closing.defer(() => gateway.close());
  const sandbox = {
    dataDirectory: settings.dataDirectory,
    key: settings.sandboxKey,
    lateMs: settings.sandboxLateMs,
    clock,
    publicUrl: () => url,
    webhook: { url: () => (url === '' ? undefined : `${url}/v1/webhooks/sandbox`), secret: webhookSecret },
  };

  const ports = shopPorts({ engines, readGate, gateway, tokens, settings, clock, log, metrics });
  const app = await NestFactory.create<NestFastifyApplication>(ShopModule.of(ports, sandbox), createHttpAdapter(settings), {
    logger: nestLog(log),
    abortOnError: false,
  });

  const timers = new DeadlinesRunner({ projections: engines.projections, readModels: engines.readModels, clock, logger: log });
  timers.register(deadlines.map((kind) => app.get<Deadlines>(kind)));
  engines.projections.register(projections);
  closing.defer(() => engines.projections.stop());
  await engines.projections.start();
  await readGate.caughtUp(await store.head(), LONGEST_CATCH_UP_MS);

  const audit = new LiveAudit({ store, aggregates: engines.aggregates, clock, log });
  metrics.gauge('audit_violations', 'Invariants that are broken now', () => audit.violations.length);
  metrics.gauge('audit_checked_orders', 'Looks of the live audit at orders since the start', () => audit.checked);
  closing.defer(() => audit.stop());

  const edge = configureHttp(app, {
    settings,
    clock,
    log,
    metrics,
    readGate,
    idempotency: new EmbeddedIdempotencyRecords(engine, engines.personalData, clock),
    consistency: await openConsistencyTokens(secrets),
    verifier: settings.foreignIssuer === undefined ? tokens : foreignTokens(settings.foreignIssuer, clock),
    revoked: app.get<RevokedCustomers>(REVOKED_CUSTOMERS),
    health: [{ name: 'start', check: () => ({ status: isOpen ? 'up' : 'down' }) }, ...healthParts(engines, timers), audit.health],
  });
  connectEventBus(app, engines.bus);
  closing.defer(() => app.close());
  closing.defer(() => timers.stop());
  closing.defer(() => edge.stop());

  await app.listen(settings.port, settings.host);
  url = addressOf(settings.host, app.getHttpServer().address() as AddressInfo);
  await app.startAllMicroservices();
  await timers.start();
  const { adminEmail: email, adminPassword: password } = settings;
  const account = { email, password, ...(announce === undefined ? {} : { announce }) };
  const { emailTaken } = await ensureAdminAccount({ accounts: app.get(Accounts), readModels: engines.readModels, clock }, account);
  if (emailTaken === true) log.warn('there is no admin: the address in ADMIN_EMAIL belongs to a customer, set another one and start again');
  if (isNew && settings.demo) await openDemoCatalogue(app.get(CommandBus));
  await readGate.caughtUp(await store.head(), LONGEST_CATCH_UP_MS);
  await audit.start();
  isOpen = true;
  return { url, app };
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
