import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmbeddedEngine } from '@tillroll/event-store';
import { uuid7 } from '@tillroll/kernel';
import { createPersonalData, openEmbeddedSecretStore, type PersonalData } from '@tillroll/secrets';
import { VirtualClock } from '@tillroll/testing';
import { openOwnTokens } from '../callers/own-tokens';
import { openConsistencyTokens } from '../consistency/consistency-tokens';
import type { ReadGate } from '../consistency/read-gate';
import { configureHttp, type HttpEdge } from '../edge/configure-http';
import { createHttpAdapter, type Patience } from '../edge/create-http-adapter';
import type { HttpParts } from '../edge/http-parts';
import { EmbeddedIdempotencyRecords } from '../idempotency/embedded-idempotency-records';
import { createLog } from '../logging/log';
import { createMetrics } from '../metrics/metrics';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when it is not JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface Call {
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gate whose store and read models are where the test puts them. */
export class TestGate implements ReadGate {
  position = 1;
  projected = 1;
  readonly waits: { readonly position: number; readonly timeoutMs: number }[] = [];

  head(): number {
    return this.position;
  }

  caughtUp(position: number, timeoutMs: number): boolean {
    this.waits.push({ position, timeoutMs });
    return this.projected >= position;
  }
}

export interface EdgeAppOptions {
  readonly controllers: readonly Type[];
  readonly parts?: Partial<HttpParts>;
  readonly trustProxy?: number;
  readonly patience?: Patience;
  /** Goes on with the data of an earlier one. */
  readonly directory?: string;
  readonly clock?: VirtualClock;
}

/** A small application behind the real edge, on a real port, with the embedded engine. */
export class EdgeApp {
  readonly logged: string[] = [];
  revoked = new Set<string>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly edge: HttpEdge,
    readonly url: string,
    readonly clock: VirtualClock,
    readonly gate: TestGate,
    readonly engine: EmbeddedEngine,
    readonly personalData: PersonalData,
    readonly idempotency: EmbeddedIdempotencyRecords,
    readonly directory: string,
    private readonly tokens: Awaited<ReturnType<typeof openOwnTokens>>,
  ) {}

  static async start({ controllers, parts = {}, trustProxy = 0, patience, directory, clock = new VirtualClock() }: EdgeAppOptions): Promise<EdgeApp> {
    const where = directory ?? mkdtempSync(join(tmpdir(), 'tillroll-edge-'));
    const engine = EmbeddedEngine.open({ directory: where });
    const secrets = openEmbeddedSecretStore(engine);
    const personalData = createPersonalData(secrets);
    const tokens = await openOwnTokens(secrets, clock);
    const gate = new TestGate();
    const idempotency = new EmbeddedIdempotencyRecords(engine, personalData, clock);
    const logged: string[] = [];
    const revoked = new Set<string>();
    @Module({ controllers: [...controllers] })
    class TestModule {}
    const app = await NestFactory.create<NestFastifyApplication>(TestModule, createHttpAdapter({ trustProxy }, patience), { logger: false, abortOnError: false });
    const edge = configureHttp(app, {
      settings: { rateLimit: undefined },
      clock,
      log: createLog({ logLevel: 'debug', logFormat: 'json' }, { write: (line) => void logged.push(line) }),
      verifier: tokens,
      revoked: { isRevoked: (customerId) => revoked.has(customerId) },
      idempotency,
      consistency: await openConsistencyTokens(secrets),
      readGate: gate,
      health: [],
      metrics: createMetrics(),
      ...parts,
    });
    await app.listen(0, '127.0.0.1');
    const started = new EdgeApp(app, edge, await app.getUrl(), clock, gate, engine, personalData, idempotency, where, tokens);
    started.revoked = revoked;
    Object.assign(started, { logged });
    return started;
  }

  async token(roles: readonly string[] = [], customerId: string = uuid7(this.clock.now())): Promise<string> {
    return (await this.tokens.issue({ customerId, roles })).accessToken;
  }

  async call(method: string, path: string, { body, token, headers = {} }: Call = {}): Promise<Answer> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined };
  }

  /** Closes it; the data stay for another one. */
  async stop(): Promise<void> {
    this.edge.stop();
    await this.app.close();
    await this.engine.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
