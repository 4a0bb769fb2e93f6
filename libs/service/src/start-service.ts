import type { AddressInfo } from 'node:net';
import type { DynamicModule, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Revocations } from '@tillroll/customer/http/revocations';
import { connectEventBus } from '@tillroll/event-bus/nest/connect-event-bus';
import type { EventStore } from '@tillroll/event-store';
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
} from '@tillroll/http';
import { type Clock, systemClock } from '@tillroll/kernel';
import type { Deadlines } from '@tillroll/processing';
import type { Settings } from '@tillroll/settings';
import { openEngines } from './engines/open-engines';
import { untilReachable } from './engines/until-reachable';
import type { Preparing } from './first-start/prepare';
import { newsOfCustomers } from './following/news-of-customers';
import { readerElsewhere } from './following/reader-elsewhere';
import { ServiceReadGate } from './following/service-read-gate';
import { sharedRevocations } from './following/shared-revocations';
import { healthParts } from './health-parts';
import type { OpenAudit } from './leading/audit';
import { ServiceLead } from './leading/service-lead';
import { addressOf } from './program/address-of';
import { onlyWithServiceToken } from './program/service-token';
import type { ServiceContext } from './service-context';
import { ServiceModule, type ServiceParts, servicePorts } from './service-ports';

/** The gateway says who has asked it. */
const BEHIND_THE_GATEWAY = 1;
/** The gateway has to tell which part does not answer, and not only that the service does not. */
const BEFORE_THE_GATEWAY_GIVES_UP_MS = 1_200;
const LONGEST_CATCH_UP_MS = 24 * 3_600_000;

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
  /** Set for a process that is reached through the gateway only: requests must show it, and limits are the gateway's. */
  readonly serviceToken?: string;
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
  const { name, contexts, clock = systemClock, lines, equip, prepare, openAudit, serviceToken } = options;
  const settings: Settings = serviceToken === undefined ? options.settings : { ...options.settings, rateLimit: undefined, trustProxy: BEHIND_THE_GATEWAY };
  const log = createLog(settings, lines);
  const engines = await openEngines({ settings, contexts: contexts.map((context) => context.name), clock, log, closing });
  const { secrets, store, readModels, personalData } = engines;
  const readGate = new ServiceReadGate({ head: engines.head, clock, ...(engines.followedPositions === undefined ? {} : { elsewhere: { positions: engines.followedPositions, service: name } }) });
  const tokens = await untilReachable('the store of secrets', () => openOwnTokens(secrets, clock), { clock, log });
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
  if (engines.followedPositions !== undefined) closing.defer(readerElsewhere(engines.followedPositions, name, () => led.term !== undefined, clock));
  engines.leadership.lead(`service.${name}`, led.lead);
  await (engines.isAlone ? led.documentsReady : Promise.race([led.documentsReady, documentsElsewhere(readGate, store)]));
  for (const relay of engines.relays) engines.leadership.lead(`relay.${relay.status().context}`, (signal, epoch) => relay.lead(signal, epoch));

  if (openAudit !== undefined) {
    metrics.gauge('audit_violations', 'Invariants that are broken now', () => led.term?.audit?.violations.length ?? 0);
    metrics.gauge('audit_checked_orders', 'Looks of the live audit at orders since the start', () => led.term?.audit?.checked ?? 0);
  }

  const revoked = contexts.some((context) => context.name === 'customer') ? app.get(Revocations) : sharedRevocations({ readModels, clock, log, closing });
  engines.onEvents?.(newsOfCustomers({ revoked: (customerId) => revoked.revoke(customerId), forgotten: (customerId) => personalData.drop(customerId) }));

  if (serviceToken !== undefined) app.getHttpAdapter().getInstance().addHook('onRequest', onlyWithServiceToken(serviceToken));
  const edge = configureHttp(app, {
    settings,
    clock,
    log,
    metrics,
    readGate,
    idempotency: engines.idempotency,
    consistency: await untilReachable('the store of secrets', () => openConsistencyTokens(secrets), { clock, log }),
    verifier: settings.foreignIssuer === undefined ? tokens : foreignTokens(settings.foreignIssuer, clock),
    revoked,
    ...(serviceToken === undefined ? {} : { longestCheckMs: BEFORE_THE_GATEWAY_GIVES_UP_MS }),
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
  if (engines.isAlone || led.term !== undefined) await led.atWork;
  isOpen = true;
  return { url, app };
}

/** Another process leads: its documents are as far as the log is now. */
async function documentsElsewhere(readGate: ServiceReadGate, store: EventStore): Promise<void> {
  await readGate.caughtUp(await store.head(), LONGEST_CATCH_UP_MS);
}
