import type { AddressInfo } from 'node:net';
import type { DynamicModule, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import {
  configureHttp,
  createHttpAdapter,
  createLog,
  createMetrics,
  foreignTokens,
  type LogLines,
  nestLog,
  openConsistencyTokens,
  openOwnTokens,
  REVOKED_CUSTOMERS,
  type RevokedCustomers,
} from '@tillroll/http';
import { type Clock, systemClock } from '@tillroll/kernel';
import type { Deadlines } from '@tillroll/processing';
import type { Settings } from '@tillroll/settings';
import { openEngines } from './engines/open-engines';
import type { Preparing } from './first-start/prepare';
import { ServiceReadGate } from './following/service-read-gate';
import { healthParts } from './health-parts';
import type { OpenAudit } from './leading/audit';
import { ServiceLead } from './leading/service-lead';
import type { ServiceContext } from './service-context';
import { ServiceModule, type ServiceParts, servicePorts } from './service-ports';

/** What a process has beside its contexts. */
export interface Equipment {
  readonly modules?: NonNullable<DynamicModule['imports']>;
  readonly providers?: readonly Provider[];
}

export interface EquippingParts extends ServiceParts {
  /** Where this process answers, without a slash at the end; empty until it does. */
  readonly url: () => string;
  /** Takes what is to be closed when everybody has been answered. */
  readonly closing: AsyncDisposableStack;
}

export interface ServiceOptions {
  readonly name: string;
  readonly contexts: readonly ServiceContext[];
  readonly settings: Settings;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard output. */
  readonly lines?: LogLines;
  readonly equip?: (parts: EquippingParts) => Equipment | Promise<Equipment>;
  /** Done by the process that leads the service, whenever it begins to, and before it counts as ready. */
  readonly prepare?: (preparing: Preparing) => Promise<void>;
  /** The live audit, where this service is the one that has it. */
  readonly openAudit?: OpenAudit;
}

export interface RunningService {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Answers what was begun, keeps every position, closes the engines. */
  stop(): Promise<void>;
}

/**
 * Runs contexts in this process, over whatever engines the settings name. Resolves when it is ready. Rejects, with
 * everything closed again, when the data directory is in use or damaged, or the port is taken.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const closing = new AsyncDisposableStack();
  try {
    return { ...(await open(options, closing)), stop: () => closing.disposeAsync() };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

/** What is opened is closed in the opposite order: no longer ready, requests answered, consumers drained, stores closed. */
async function open(options: ServiceOptions, closing: AsyncDisposableStack): Promise<Omit<RunningService, 'stop'>> {
  const { name, contexts, settings, clock = systemClock, lines, equip, prepare, openAudit } = options;
  const log = createLog(settings, lines);
  const engines = await openEngines({ settings, clock, log, closing });
  const { secrets, store, readModels } = engines;
  const readGate = new ServiceReadGate({ head: engines.head, clock, ...(engines.followedPositions === undefined ? {} : { elsewhere: { positions: engines.followedPositions, service: name } }) });
  const tokens = await openOwnTokens(secrets, clock);
  const metrics = createMetrics();
  let url = '';
  let isOpen = false;

  const parts: ServiceParts = { engines, readGate, tokens, settings, clock, log, metrics };
  const { modules = [], providers = [] } = (await equip?.({ ...parts, url: () => url, closing })) ?? {};
  const module = ServiceModule.of([...servicePorts(parts), ...providers], [...modules, ...contexts.map((context) => context.module)]);
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(settings), { logger: nestLog(log), abortOnError: false });

  const led = new ServiceLead({
    name,
    engines,
    readGate,
    clock,
    log,
    projections: contexts.flatMap(({ projections }) => projections),
    deadlines: contexts.flatMap(({ deadlines }) => deadlines.map((kind) => app.get<Deadlines>(kind))),
    openAudit,
    prepare: async () => prepare?.({ app, store, readModels, settings, clock, log }),
  });
  closing.defer(() => engines.leadership.stop());
  engines.leadership.lead(`service.${name}`, led.lead);
  await led.documentsReady;
  for (const [work, lead] of engines.ledBeside) engines.leadership.lead(work, lead);

  if (openAudit !== undefined) {
    metrics.gauge('audit_violations', 'Invariants that are broken now', () => led.term?.audit?.violations.length ?? 0);
    metrics.gauge('audit_checked_orders', 'Looks of the live audit at orders since the start', () => led.term?.audit?.checked ?? 0);
  }

  const edge = configureHttp(app, {
    settings,
    clock,
    log,
    metrics,
    readGate,
    idempotency: engines.idempotency,
    consistency: await openConsistencyTokens(secrets),
    verifier: settings.foreignIssuer === undefined ? tokens : foreignTokens(settings.foreignIssuer, clock),
    revoked: app.get<RevokedCustomers>(REVOKED_CUSTOMERS),
    health: [{ name: 'start', check: () => ({ status: isOpen ? 'up' : 'down' }) }, ...healthParts(engines, led, openAudit !== undefined)],
  });
  connectEventBus(app, engines.bus);
  closing.defer(() => app.close());
  closing.defer(() => led.stopTimers());
  closing.defer(() => edge.stop());

  await app.listen(settings.port, settings.host);
  url = addressOf(settings.host, app.getHttpServer().address() as AddressInfo);
  await app.startAllMicroservices();
  led.serve();
  await led.atWork;
  isOpen = true;
  return { url, app };
}

/** IPv6 addresses stand in brackets; an address that means "any" is shown as the loopback one. */
function addressOf(host: string, { port }: AddressInfo): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
