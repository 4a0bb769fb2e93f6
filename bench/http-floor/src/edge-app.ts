import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Get, HttpCode, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmbeddedEngine } from '@tillroll/event-store';
import {
  type Caller,
  configureHttp,
  createHttpAdapter,
  createLog,
  createMetrics,
  CurrentCaller,
  EmbeddedIdempotencyRecords,
  openConsistencyTokens,
  openOwnTokens,
  ProductId,
  RequestCause,
  setEtag,
  WholeNumber,
} from '@tillroll/http';
import { systemClock, uuid7 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import { createPersonalData, openEmbeddedSecretStore } from '@tillroll/secrets';
import type { FastifyReply } from 'fastify';
import { cart } from './cart';

class AddItemDto {
  @ProductId()
  productId: string = '';

  @WholeNumber({ min: 1, max: 999 })
  quantity: number = 0;
}

@Controller('cart')
class EdgeController {
  @Get()
  view(@CurrentCaller() { customerId }: Caller, @Res({ passthrough: true }) reply: FastifyReply) {
    setEtag(reply, customerId, cart.revision);
    return cart;
  }

  @Post('items')
  @HttpCode(200)
  add(@Body() { quantity }: AddItemDto, @CurrentCaller() { customerId }: Caller, @RequestCause() _cause: Cause, @Res({ passthrough: true }) reply: FastifyReply) {
    setEtag(reply, customerId, quantity);
    return { ...cart, revision: quantity };
  }
}

@Module({ controllers: [EdgeController] })
class EdgeModule {}

/** The same answers behind the whole edge. Resolves with where it is and a token for it. */
export async function startEdgeApp(): Promise<{ readonly url: string; readonly token: string }> {
  const engine = EmbeddedEngine.open({ directory: mkdtempSync(join(tmpdir(), 'tillroll-floor-')) });
  const secrets = openEmbeddedSecretStore(engine);
  const tokens = await openOwnTokens(secrets, systemClock);
  let position = 0;
  const app = await NestFactory.create<NestFastifyApplication>(EdgeModule, createHttpAdapter({ trustProxy: 0 }), { logger: false });
  configureHttp(app, {
    settings: { rateLimit: { writes: 1_000_000_000, reads: 1_000_000_000, signIns: 10 } },
    clock: systemClock,
    log: createLog({ logLevel: 'info', logFormat: 'json' }),
    verifier: tokens,
    revoked: { isRevoked: () => false },
    idempotency: new EmbeddedIdempotencyRecords(engine, createPersonalData(secrets), systemClock),
    consistency: await openConsistencyTokens(secrets),
    readGate: { head: () => ++position, caughtUp: () => true },
    health: [],
    metrics: createMetrics(),
  });
  await app.listen(0, '127.0.0.1');
  const { accessToken } = await tokens.issue({ customerId: uuid7(Date.now()), roles: [] });
  return { url: await app.getUrl(), token: accessToken };
}
