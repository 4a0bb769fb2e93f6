import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SandboxGatewayModule, type SandboxGatewayModuleOptions } from '@tillroll/sandbox-gateway';
import { SandboxClient } from './sandbox-client';

export const KEY = 'sk_test';
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

export interface RunningSandbox {
  /** `http://host:port` */
  readonly url: string;
  readonly client: SandboxClient;
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

export const temporaryDirectory = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-gateway-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** The provider mounted in a Nest application on a port of its own. */
export async function runSandbox(options: Partial<SandboxGatewayModuleOptions> & { readonly dataDirectory: string }): Promise<RunningSandbox> {
  const module = SandboxGatewayModule.register({ key: KEY, lateMs: 5_000, ...options });
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  app.setGlobalPrefix('v1');
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const client = new SandboxClient(url, KEY);
  return {
    url,
    client,
    app,
    close: async () => {
      await client.close();
      await app.close();
    },
  };
}
