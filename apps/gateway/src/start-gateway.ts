import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { configureHttp, createHttpAdapter, createLog, createMetrics, type IdempotencyRecords, type LogLines, nestLog, type TokenVerifier } from '@tillroll/http';
import { type Clock, systemClock } from '@tillroll/kernel';
import { addressOf } from '@tillroll/service/program/address-of';
import type { ServiceName, Settings } from '@tillroll/settings';
import { HomeModule } from '@tillroll/shop/home/home.module';
import { Forwarding } from './forward';
import { gatewayRoutes } from './gateway-routes';
import { type ApiDocument, publicRoutes } from './public-routes';
import { serviceHealth } from './service-health';

export interface GatewayOptions {
  readonly settings: Settings;
  /** What the services ask of whoever sends them requests. */
  readonly serviceToken: string;
  readonly verifier: TokenVerifier;
  readonly clock?: Clock;
  readonly lines?: LogLines;
}

export interface RunningGateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** The description of the whole API, made from the code of all services. */
const DOCUMENT = resolve(__dirname, '../../../docs/openapi.json');

/** What the gateway keeps, decides and reads itself: nothing. */
const NO_RECORDS: IdempotencyRecords = { begin: () => ({ state: 'new' }), finish: () => Promise.resolve(true), forget() {}, leaveOpen() {}, start() {}, stop() {} };

@Module({ imports: [HomeModule] })
class GatewayModule {}

/** The one process that callers reach: limits, the API's description, the health of all, and the way to each service. */
export async function startGateway({ settings, serviceToken, verifier, clock = systemClock, lines }: GatewayOptions): Promise<RunningGateway> {
  const log = createLog(settings, lines);
  const metrics = createMetrics();
  const { serviceUrls, sandboxUrl } = settings;
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as ApiDocument & OpenAPIObject;
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule, createHttpAdapter(settings), { logger: nestLog(log), abortOnError: false });
  try {
    const edge = configureHttp(app, {
      settings,
      clock,
      log,
      metrics,
      verifier,
      revoked: { isRevoked: () => false },
      idempotency: NO_RECORDS,
      consistency: { issue: () => '', read: () => undefined },
      readGate: { head: () => 0, caughtUp: () => true },
      health: [
        ...Object.entries(serviceUrls).map(([name, addresses]) => serviceHealth(name, addresses)),
        ...(sandboxUrl === undefined ? [] : [serviceHealth('sandbox-gateway', [sandboxUrl], '/health/live')]),
      ],
      document: () => document,
    });
    const server = app.getHttpAdapter().getInstance();
    const forwarding = await Forwarding.on(server, serviceToken);
    await server.register(
      gatewayRoutes({
        routes: publicRoutes(document),
        forwarding,
        addressesOf: (service: ServiceName) => serviceUrls[service],
        sandboxUrl,
        verifier,
        settings,
        clock,
        metrics,
      }),
    );
    await app.listen(settings.port, settings.host);
    const url = addressOf(settings.host, app.getHttpServer().address() as AddressInfo);
    return {
      url,
      async stop() {
        edge.stop();
        forwarding.stop();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}
