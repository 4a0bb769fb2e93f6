import type { Server } from 'node:http';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { addressOf } from './http/address-of';
import { sandboxRoutes } from './http/routes';
import { openSandboxGateway, type SandboxGateway, type SandboxGatewayOptions } from './sandbox-gateway';

export interface SandboxGatewayModuleOptions extends SandboxGatewayOptions {
  /** The address of this server as browsers reach it, without a slash at its end. Default: where it listens. */
  readonly publicUrl?: () => string;
}

const OPTIONS = Symbol('SandboxGatewayModuleOptions');
const GATEWAY = Symbol('SandboxGateway');

/** All addresses of the provider begin with this, whatever prefix the application has. */
const PREFIX = '/sandbox';

/**
 * Mounts the provider under `/sandbox` in the application's Fastify server, as a plugin of its own: guards, filters,
 * pipes and the global prefix of the application do not apply to it, hooks of the server do. It begins to send webhooks
 * when the server listens, and answers until the server is closed.
 */
@Module({})
export class SandboxGatewayModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  static register(options: SandboxGatewayModuleOptions): DynamicModule {
    return {
      module: SandboxGatewayModule,
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: GATEWAY, useFactory: () => openSandboxGateway(options) },
      ],
    };
  }

  constructor(
    @Inject(OPTIONS) private readonly options: SandboxGatewayModuleOptions,
    @Inject(GATEWAY) private readonly gateway: SandboxGateway,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit(): Promise<void> {
    const { key, publicUrl = () => addressOf(this.server) } = this.options;
    const { sandbox } = this.gateway;
    await this.host.httpAdapter
      .getInstance<FastifyInstance>()
      .register(sandboxRoutes({ sandbox, key, publicUrl: () => publicUrl() + PREFIX }), { prefix: PREFIX });
  }

  onApplicationBootstrap(): void {
    if (this.server.listening) this.gateway.start();
    else this.server.once('listening', () => this.gateway.start());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.gateway.stop();
  }

  onApplicationShutdown(): Promise<void> {
    return this.gateway.close();
  }

  private get server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}
