import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ServiceName } from '@tillroll/settings';
import { exclusive } from './exclusive';
import { WEBHOOK_SECRET } from './provider';
import { ADMIN, ShopClient } from './shop-client';

const APPS = resolve(__dirname, '../../apps');
export const SERVICES: readonly ServiceName[] = ['customer', 'inventory', 'cart', 'order', 'payment'];
export const SERVICE_TOKEN = 'the-token-of-these-services';

/** Where the engines are. */
export interface EngineAddresses {
  readonly EVENTSTORE_URL: string;
  readonly KAFKA_BROKERS: string;
  readonly MONGODB_URL: string;
}

export interface ServiceProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Everything that it has printed. */
  output(): string;
  /** Resolves with the exit code (null after a signal). */
  stopped(): Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves when it has said where it answers; rejects with its output when it ends before that. */
  readonly open: Promise<void>;
}

export interface ServiceProcessesOptions {
  readonly engines: EngineAddresses;
  /** What to be alone on; default: the event store. */
  readonly alone?: string;
  /** Settings of all processes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How many of each service; default: one. */
  readonly scale?: Partial<Record<ServiceName, number>>;
}

/** The shop as separate processes: the services, the gateway in front and the stand-in payment provider. */
export interface ServiceProcesses {
  /** Talks to the gateway. */
  readonly client: ShopClient;
  readonly gateway: ServiceProcess;
  readonly sandbox: ServiceProcess;
  /** The present instances of a service, in the order of the gateway's list. */
  instancesOf(service: ServiceName): readonly ServiceProcess[];
  /** Straight to one instance, past the gateway. */
  direct(service: ServiceName, instance?: number): ShopClient;
  /** Ends an instance (default: as by `kill -9`) and starts it anew at its address. Resolves when it is open. */
  restart(service: ServiceName, instance?: number, signal?: NodeJS.Signals): Promise<ServiceProcess>;
  restartGateway(signal?: NodeJS.Signals): Promise<ServiceProcess>;
  restartSandbox(signal?: NodeJS.Signals): Promise<ServiceProcess>;
  /** All of them with SIGTERM; resolves with their exit codes. */
  stop(): Promise<Readonly<Record<string, number | null>>>;
}

/** For a test file: from the environment, as `npm run test:engines` sets it. Throws when one is missing. */
export function engineAddresses(): EngineAddresses {
  const { EVENTSTORE_URL, KAFKA_BROKERS, MONGODB_URL } = process.env;
  if (EVENTSTORE_URL === undefined || KAFKA_BROKERS === undefined || MONGODB_URL === undefined)
    throw new Error('EVENTSTORE_URL, KAFKA_BROKERS and MONGODB_URL say where the engines are: npm run test:engines starts them');
  return { EVENTSTORE_URL, KAFKA_BROKERS, MONGODB_URL };
}

export const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => found(port));
    });
  });

/** Runs a program of the shop to its end; rejects with its output when that is not well. */
export const runToEnd = (program: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(APPS, program), ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', (code) => (code === 0 ? done(output) : failed(new Error(`${program} ended with ${code}: ${output}`))));
  });

export function startProcess(name: string, program: string, url: string, env: Readonly<Record<string, string>>): ServiceProcess {
  const child: ChildProcess = spawn(process.execPath, [join(APPS, program)], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const open = new Promise<void>((found, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (/(?: is open at|sandbox gateway:) http/.test(output)) found();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((code) => failed(new Error(`${name} ended with ${code}: ${output}`)));
  });
  open.catch(() => undefined);
  return {
    name,
    url,
    pid: child.pid ?? 0,
    open,
    output: () => output,
    stopped: () => ended,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * Starts everything, and waits until everything is open. Topics are made first. Waits while somebody else has a shop on the
 * same event store: the processes of both would work for one shop.
 */
export async function startServiceProcesses(options: ServiceProcessesOptions): Promise<ServiceProcesses> {
  const release = await exclusive(options.alone ?? options.engines.EVENTSTORE_URL);
  try {
    return await start(options, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function start({ engines, settings = {}, scale = {} }: ServiceProcessesOptions, release: () => void): Promise<ServiceProcesses> {
  const ledger = mkdtempSync(join(tmpdir(), 'tillroll-ledger-'));
  const ports: Record<string, number> = {};
  const addresses = {} as Record<ServiceName, string[]>;
  for (const service of SERVICES) addresses[service] = await Promise.all(Array.from({ length: scale[service] ?? 1 }, async () => `http://127.0.0.1:${await freePort()}`));
  for (const name of ['gateway', 'sandbox']) ports[name] = await freePort();
  const gatewayUrl = `http://127.0.0.1:${ports['gateway']}`;
  const sandboxUrl = `http://127.0.0.1:${ports['sandbox']}`;

  const common = {
    HOST: '127.0.0.1', DEMO: 'off', RATE_LIMIT: 'off', LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password,
    SERVICE_TOKEN, WEBHOOK_SECRET, SANDBOX_URL: sandboxUrl, PUBLIC_URL: gatewayUrl, ...engines, ...settings,
    ...Object.fromEntries(SERVICES.map((service) => [`${service.toUpperCase()}_URL`, addresses[service].join(',')])),
  };
  await runToEnd('shop/dist/topics.js', common);
  const portOf = (url: string) => new URL(url).port;
  const startInstance = (service: ServiceName, url: string) => startProcess(service, `${service}/dist/main.js`, url, { ...common, PORT: portOf(url) });
  const startGateway = () => startProcess('gateway', 'gateway/dist/main.js', gatewayUrl, { ...common, PORT: portOf(gatewayUrl) });
  const startSandbox = () =>
    startProcess('sandbox', 'sandbox-gateway/dist/main.js', sandboxUrl, { ...common, PORT: portOf(sandboxUrl), DATA_DIR: ledger, WEBHOOK_URL: `${gatewayUrl}/v1/webhooks/sandbox` });

  const instances = new Map(SERVICES.map((service) => [service, addresses[service].map((url) => startInstance(service, url))]));
  let [gateway, sandbox] = [startGateway(), startSandbox()];
  const all = () => [gateway, sandbox, ...[...instances.values()].flat()];
  const instanceOf = (service: ServiceName, instance: number): ServiceProcess => {
    const found = instances.get(service)?.[instance];
    if (found === undefined) throw new Error(`there is no instance ${instance} of ${service}`);
    return found;
  };
  async function anew(old: ServiceProcess, signal: NodeJS.Signals, start: () => ServiceProcess): Promise<ServiceProcess> {
    await old.kill(signal);
    return start();
  }

  const running: ServiceProcesses = {
    client: new ShopClient(gatewayUrl),
    get gateway() {
      return gateway;
    },
    get sandbox() {
      return sandbox;
    },
    instancesOf: (service) => instances.get(service) ?? [],
    direct: (service, instance = 0) => new ShopClient(instanceOf(service, instance).url),
    async restart(service, instance = 0, signal = 'SIGKILL') {
      const old = instanceOf(service, instance);
      const started = await anew(old, signal, () => startInstance(service, old.url));
      instances.get(service)?.splice(instance, 1, started);
      await started.open;
      return started;
    },
    async restartGateway(signal = 'SIGKILL') {
      gateway = await anew(gateway, signal, startGateway);
      await gateway.open;
      return gateway;
    },
    async restartSandbox(signal = 'SIGKILL') {
      sandbox = await anew(sandbox, signal, startSandbox);
      await sandbox.open;
      return sandbox;
    },
    async stop() {
      const codes = await Promise.all(all().map(async (one) => [`${one.name}:${one.pid}`, await one.kill('SIGTERM')] as const));
      rmSync(ledger, { recursive: true, force: true });
      release();
      return Object.fromEntries(codes);
    },
  };
  try {
    await Promise.all(all().map(({ open }) => open));
    return running;
  } catch (error) {
    await Promise.all(all().map((one) => one.kill()));
    rmSync(ledger, { recursive: true, force: true });
    throw error;
  }
}

/** Another database of the same server, so that test files do not meet. */
export const ownDatabase = (mongodbUrl: string): string => mongodbUrl.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/tillroll_${randomBytes(6).toString('hex')}`);
