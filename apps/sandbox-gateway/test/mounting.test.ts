import 'reflect-metadata';
import { type CanActivate, Controller, ForbiddenException, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SandboxGatewayModule } from '@tillroll/sandbox-gateway';
import { anyText } from './matchers';
import { temporaryDirectory } from './running-sandbox';
import { SandboxClient } from './sandbox-client';

jest.setTimeout(60_000);

@Controller('cart')
class CartController {
  @Get()
  view() {
    return {};
  }
}

class NobodyMayPass implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException();
  }
}

describe('a provider mounted in a shop', () => {
  const directory = temporaryDirectory();
  let app: NestFastifyApplication;
  let client: SandboxClient;

  beforeAll(async () => {
    @Module({
      imports: [SandboxGatewayModule.register({ dataDirectory: directory.path, key: 'sk', lateMs: 1 })],
      controllers: [CartController],
      providers: [{ provide: APP_GUARD, useClass: NobodyMayPass }],
    })
    class Shop {}
    app = await NestFactory.create<NestFastifyApplication>(Shop, new FastifyAdapter(), { logger: false, rawBody: true });
    app.setGlobalPrefix('v1');
    await app.listen(0, '127.0.0.1');
    client = new SandboxClient(await app.getUrl(), 'sk');
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    directory.remove();
  });

  it('answers under its own address, whatever the shop’s prefix, guards and parsers', async () => {
    expect((await client.createIntent('card_ok')).status).toBe(201);
    expect((await client.call(`${client.url}/v1/cart`)).status).toBe(403);
    expect((await client.call(`${client.url}/v1/sandbox/v1/intents`)).status).toBe(404);
  });

  it('names its page by where the server listens', async () => {
    const { json } = await client.createIntent('card_redirect');
    expect(json.nextAction?.url).toBe(`${client.url}/sandbox/checkout/${json.id}`);
    expect((await client.press(json.nextAction?.url ?? '', 'approve')).status).toBe(303);
  });

  it('has errors of its own form, and leaves the shop its own', async () => {
    expect((await client.get('/v1/none')).json).toEqual({ error: { code: 'not_found', message: anyText } });
    expect((await client.call(`${client.url}/none`)).text).not.toContain('there is no such address');
  });
});
