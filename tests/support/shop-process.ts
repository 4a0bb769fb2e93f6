import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ADMIN, ShopClient } from './shop-client';

const ROOT = resolve(__dirname, '../..');
const MAIN = join(ROOT, 'apps/shop/dist/main.js');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: { readonly start: string } };
const NODE_OPTIONS = scripts.start.match(/--\S+=\d+/g) ?? [];

/** A shop in a process of its own, as `npm start` starts it. */
export interface ShopProcess {
  readonly client: ShopClient;
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything that it has printed. */
  output(): string;
  /** Resolves with the exit code (null after a signal). */
  stopped(): Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

export const temporaryDataDirectory = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'tillroll-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Starts the built shop and waits until it says where it is; rejects with its output when it ends before that. */
export const startShopProcess = (dataDirectory: string, settings: Readonly<Record<string, string>> = {}): Promise<ShopProcess> =>
  untilOpen(spawnShopProcess(dataDirectory, settings));

/** Starts the built shop and does not wait. */
export const spawnShopProcess = (dataDirectory: string, settings: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [...NODE_OPTIONS, MAIN], {
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: dataDirectory,
      PORT: '0',
      DEMO: 'off',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function untilOpen(child: ChildProcess): Promise<ShopProcess> {
  let output = '';
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /http:\/\/[^\s"]+:\d+/.exec(output);
      if (address !== null) found(address[0]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((code) => failed(new Error(`the shop ended with ${code}: ${output}`)));
  });
  return {
    client: new ShopClient(url),
    child,
    pid: child.pid ?? 0,
    output: () => output,
    stopped: () => ended,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
}
