// The processes that the benchmarks measure, each on loopback and a free port, and their CPU time.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
/** What `npm start` gives to Node. */
const { scripts } = JSON.parse(readFileSync(path('../package.json'), 'utf8'));
const OPTIONS_OF_START = scripts.start.match(/--\S+=\d+/g);

export const ADMIN = { email: 'admin@example.com', password: 'a password for the benchmark' };

/** CPU time of processes and their threads so far, in milliseconds: steadier than rates on a machine that others use too. */
export const cpuTime = (...pids) =>
  pids
    .flatMap((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).map(Number))
    .reduce((sum, ticks) => sum + ticks * 10, 0);

/** Resident memory in MiB. */
export const residentMemory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'tillroll-bench-'));

/** No server outlives the benchmark. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

async function start(args, env, find) {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const found = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const seen = find(output);
      if (seen) resolve(seen);
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  return { child, ...found };
}

/** The shop as `npm start` starts it, without rate limits. */
export async function startShop(directory = temporaryDirectory()) {
  const settings = { DATA_DIR: directory, PORT: '0', DEMO: 'off', RATE_LIMIT: 'off', LOG_LEVEL: 'warn', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
  const began = performance.now();
  const { child, url } = await start([...OPTIONS_OF_START, path('../apps/shop/dist/main.js')], settings, (output) => {
    const address = /Tillroll is open at (\S+)/.exec(output)?.[1];
    return address && { url: address };
  });
  return { child, url, pids: [child.pid], directory, startedInMs: performance.now() - began, stop: (keep = false) => stop(child, keep ? undefined : directory) };
}

/** Nest, Fastify and class-validator with the same routes and nothing behind them. */
export async function startBare() {
  const { child, url } = await start([path('http-floor/dist/serve.js'), 'bare'], {}, (output) => output.includes('\n') && JSON.parse(output));
  return { child, url, pids: [child.pid], stop: () => stop(child) };
}

/** The services as separate processes on the engines of the settings, or on those that `npm run engines -- start` has started. */
export async function startServices() {
  const engines = JSON.parse(execFileSync(process.execPath, [path('../scripts/engines/run.mjs'), 'start', '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  const addresses = Object.fromEntries(engines.map(({ setting, address }) => [setting, address]));
  const args = ['--require', path('../tools/run-from-source.cjs'), path('distributed/serve.ts'), ADMIN.email, ADMIN.password];
  const { child, url, pids } = await start(args, addresses, (output) => output.includes('\n') && JSON.parse(output));
  return { child, url, pids, stop: () => stop(child) };
}

async function stop(child, directory) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}

/** Runs a workload against a server in a process of its own; resolves with its figures. */
export async function load(workload, { url, pids }, options) {
  const { figures } = await start([path('load.mjs'), workload, url, JSON.stringify({ admin: ADMIN, pids, ...options })], {}, (output) => output.includes('\n') && { figures: JSON.parse(output) });
  return figures;
}
