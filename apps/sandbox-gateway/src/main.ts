import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { addressOf } from './http/address-of';
import { SandboxGatewayModule } from './sandbox-gateway.module';
import { InvalidSetting, readSandboxSettings, type SandboxSettings } from './settings';

/** EX_CONFIG of sysexits. */
const WRONG_SETTING = 78;

function end(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

function settings(): SandboxSettings {
  try {
    return readSandboxSettings(process.env);
  } catch (error) {
    if (error instanceof InvalidSetting) return end(WRONG_SETTING, error.message);
    throw error;
  }
}

async function start({ host, port, key, lateMs, dataDirectory, publicUrl, webhook }: SandboxSettings): Promise<void> {
  const module = SandboxGatewayModule.register({
    dataDirectory,
    key,
    lateMs,
    warn: (message) => process.stderr.write(`${message}\n`),
    ...(publicUrl === undefined ? {} : { publicUrl: () => publicUrl }),
    ...(webhook === undefined ? {} : { webhook: { url: () => webhook.url, secret: webhook.secret } }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  app.useLogger(['error', 'warn']);
  app.getHttpAdapter().getInstance().get('/health/live', () => ({ status: 'up' }));
  await app.listen(port, host);
  process.stdout.write(`sandbox gateway: ${addressOf(app.getHttpServer())}/sandbox\n`);
  const stop = () => void app.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

start(settings()).catch((error: unknown) => end(1, `the sandbox gateway cannot start: ${error instanceof Error ? error.message : String(error)}`));
