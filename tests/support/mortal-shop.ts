import { resolve } from 'node:path';
import { audited } from './audited';
import { Provider } from './provider';
import { ADMIN, type Answer, type Customer, newCustomer, type RequestOptions, type ShopClient } from './shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from './shop-process';

const PRELOAD = resolve(__dirname, 'crash-point.cjs');

/** Where the process ends as by `kill -9`, or stops going on: see crash-point.cjs. */
export type CrashPoint = `${'before' | 'after' | 'hold'} ${string}`;

/** A shop that dies and is started again on the same data. Its callers keep their tokens. */
export class MortalShop {
  private readonly directory = temporaryDataDirectory();
  private process: ShopProcess | undefined;
  private adminToken = '';

  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  async start(crashPoint?: CrashPoint, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const mortal = crashPoint === undefined ? {} : { CRASH_POINT: crashPoint, NODE_OPTIONS: `--require ${PRELOAD}` };
    this.process = await startShopProcess(this.directory.path, { ...this.settings, ...settings, ...mortal });
    if (this.adminToken === '') this.adminToken = (await this.client.signIn(ADMIN.email, ADMIN.password)).token ?? '';
  }

  /** Waits until it has died, or kills it; then starts it again. */
  async restart(crashPoint?: CrashPoint, { kill = false, settings = {} }: { readonly kill?: boolean; readonly settings?: Readonly<Record<string, string>> } = {}): Promise<void> {
    if (kill) this.running.child.kill('SIGKILL');
    await this.running.stopped();
    await this.start(crashPoint, settings);
  }

  get client(): ShopClient {
    return this.running.client;
  }
  get admin(): ShopClient {
    return this.client.as(this.adminToken);
  }
  get provider(): Provider {
    return new Provider(this.client);
  }

  /** The customer at the present address of the shop. */
  here(customer: Customer): Customer {
    return { ...customer, client: this.client.as(customer.client.token ?? '') };
  }

  newCustomer(): Promise<Customer> {
    return newCustomer(this.client);
  }

  /** Stops it properly, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    return this.running.kill('SIGTERM');
  }

  /** Stops it and throws when its audit is not clean. */
  async close(): Promise<void> {
    try {
      await this.stop();
      await audited(this.directory.path);
    } finally {
      this.directory.remove();
    }
  }

  private get running(): ShopProcess {
    if (this.process === undefined) throw new Error('the shop has not been started');
    return this.process;
  }
}

/** Rejects when there was an answer. */
export async function swallowed(client: ShopClient, method: string, path: string, options: RequestOptions): Promise<void> {
  const answer = await client.request(method, path, options).catch((): Answer | undefined => undefined);
  if (answer !== undefined) throw new Error(`${method} ${path} was answered with ${answer.status} ${JSON.stringify(answer.body)}: the crash point was not met`);
}
