// What all engines need: free ports, processes that outlive the one that started them, waiting for an answer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is downloaded or built for the engines. */
export const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/tillroll-engines');

/** Ports of the loopback interface that nobody listens on; no two are the same. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Resolves true when somebody listens there. */
export function isListening(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2_000 });
    const end = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false));
  });
}

/** Runs to the end. Rejects with what it said last when it fails. */
export async function run(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
  const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(([error]) => Promise.reject(missing(command, error)))]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said.trim()}`);
}

/** Starts a process that goes on when this one ends; what it says goes to the log file. */
export async function startDetached(command, args, { cwd, env, log }) {
  const file = await open(log, 'a');
  try {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', file.fd, file.fd] });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(missing(command, error)))]);
    child.unref();
    return child.pid;
  } finally {
    await file.close();
  }
}

/** Waits until it answers. Rejects, with the end of the log, when the process has ended or the time is over. */
export async function untilAnswering(title, answers, { pid, log, timeoutMs = 90_000 }) {
  const until = Date.now() + timeoutMs;
  for (;;) {
    if (await answers()) return;
    const why = !isAlive(pid) ? 'has ended' : Date.now() > until ? `does not answer after ${timeoutMs / 1_000} s` : undefined;
    if (why !== undefined) throw new Error(`${title} ${why}; ${log} ends with:\n${(await readFile(log, 'utf8')).trim().slice(-2_000)}`);
    await pause(100);
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Asks the processes to end, and ends those that do not. */
export async function stopProcesses(pids, { patienceMs = 15_000 } = {}) {
  for (const pid of pids) signal(pid, 'SIGTERM');
  const until = Date.now() + patienceMs;
  while (pids.some(isAlive) && Date.now() < until) await pause(50);
  for (const pid of pids.filter(isAlive)) signal(pid, 'SIGKILL');
  while (pids.some(isAlive)) await pause(20);
}

export const logOf = (directory, name) => join(directory, `${name}.log`);

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A child that has ended and that nobody has asked about yet. */
function isZombie(pid) {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const missing = (command, error) => (error.code === 'ENOENT' ? new Error(`${command} is not installed`) : error);
