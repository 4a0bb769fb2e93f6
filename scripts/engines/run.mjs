// npm run engines -- --help, npm run test:engines -- --help
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { hasDocker, removeContainer, startContainer } from './docker.mjs';
import { isAlive, stopProcesses } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const place = join(tmpdir(), `tillroll-engines-${userInfo().uid}`);
const stateFile = join(place, 'state.json');

const KNOWN = ['eventstoredb', 'kafka', 'mongodb'];
const progress = (text) => process.stderr.write(`${text}\n`);

function engines(names) {
  const unknown = names.filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw new Error(`there is no engine ${unknown.join(', ')}; there are ${KNOWN.join(', ')}`);
  const wanted = names.length === 0 ? KNOWN : KNOWN.filter((name) => names.includes(name));
  return Promise.all(wanted.map((name) => import(pathToFileURL(join(here, `${name}.mjs`)).href)));
}

const readState = async () => JSON.parse(await readFile(stateFile, 'utf8').catch(() => '{}'));

async function keepState(state) {
  await mkdir(place, { recursive: true, mode: 0o700 });
  await writeFile(stateFile, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** A password never appears in what is printed. */
const shown = (address) => address.replace(/\/\/[^@/]*@/, '//…@');

/** The address in the setting, what was started before, Docker, packages: the first that can be had. */
async function startOne(engine, { docker }) {
  const { name, title, setting } = engine;
  const onProgress = (text) => progress(`${name}: ${text}`);
  const given = process.env[setting];
  if (given) {
    if (await engine.isAnswering(given)) return { address: given, from: setting, pids: [] };
    throw new Error(`${title} does not answer at ${shown(given)}, which ${setting} says`);
  }
  const before = (await readState())[name];
  if (before !== undefined && (await engine.isAnswering(before.address))) return before;
  if (before !== undefined) await stopOne(before);
  if (docker && engine.container !== undefined && (await hasDocker())) return { ...(await startContainer(engine, onProgress)), from: 'Docker' };
  await engine.install({ onProgress });
  await mkdir(place, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(place, `${name}-`));
  try {
    const { address, pids } = await engine.start({ directory, onProgress });
    return { address, from: 'packages', pids, directory };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function stopOne({ pids, container, directory }) {
  await stopProcesses(pids);
  if (container !== undefined) await removeContainer(container);
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
}

async function start(names, options) {
  const started = [];
  for (const engine of await engines(names)) {
    const began = Date.now();
    const running = await startOne(engine, options).catch((error) => {
      throw new Error(`${engine.title} cannot be started: ${error.message}`, { cause: error });
    });
    await keepState({ ...(await readState()), ...(running.from === engine.setting ? {} : { [engine.name]: running }) });
    progress(`${engine.name}: ${shown(running.address)} (${running.from}, ${((Date.now() - began) / 1_000).toFixed(1)} s)`);
    started.push({ name: engine.name, setting: engine.setting, ...running });
  }
  return started;
}

async function stop(names) {
  const state = await readState();
  const stopped = Object.keys(state).filter((name) => names.length === 0 || names.includes(name));
  for (const name of stopped) {
    await stopOne(state[name]);
    const { [name]: _, ...others } = await readState();
    await keepState(others);
    progress(`${name}: stopped`);
  }
  return stopped;
}

async function status(names) {
  const state = await readState();
  return Promise.all((await engines(names)).map(async ({ name, setting, isAnswering }) => {
    const running = state[name];
    const address = running?.address ?? process.env[setting];
    if (address === undefined) return { name, setting, state: 'stopped' };
    const pids = running?.pids ?? [];
    const isUp = pids.every(isAlive) && (await isAnswering(address));
    return { name, setting, state: isUp ? 'running' : 'not answering', address, pids };
  }));
}

/** Starts what does not run yet, runs jest, and stops what it has started. Resolves with the exit code. */
async function test(jestArguments, { engine, ...options }) {
  const before = await readState();
  let code = 1;
  let jest;
  // Whatever ends this, the engines are stopped.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest?.kill(signal));
  try {
    const started = await start(engine ?? [], options);
    const settings = Object.fromEntries(started.map(({ setting, address }) => [setting, address]));
    const jestCommand = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--testMatch', '**/*.engines.test.ts',
      '--testPathIgnorePatterns', '/node_modules/', '--maxWorkers', '2', ...jestArguments];
    jest = spawn(process.execPath, jestCommand, { cwd: root, env: { ...process.env, ...settings }, stdio: 'inherit' });
    code = (await once(jest, 'close'))[0] ?? 1;
  } catch (error) {
    progress(error.message);
    process.stdout.write('0 passed, 1 failed\n');
  } finally {
    const mine = Object.keys(await readState()).filter((name) => before[name] === undefined);
    if (mine.length > 0) await stop(mine);
  }
  return code;
}

const program = new Command('npm run engines --').enablePositionalOptions().description(
  'The engines of the distributed topology, on this machine and for it alone: those that the settings name, or Docker\'s, or packages. Data is temporary.',
);
const names = ['[names...]', `of ${KNOWN.join(', ')}; all of them when none is named`];
const withDocker = (command) => command.option('--no-docker', 'takes packages although Docker is there');

withDocker(program.command('start')).argument(...names).option('--json', 'prints the settings as JSON')
  .description('starts engines, and prints the settings that point to them')
  .action(async (named, { json, docker }) => {
    const started = await start(named, { docker });
    if (json) process.stdout.write(`${JSON.stringify(started, null, 2)}\n`);
    else for (const { setting, address } of started) process.stdout.write(`export ${setting}='${address}'\n`);
  });
program.command('stop').argument(...names).option('--json', 'prints the names as JSON')
  .description('stops what was started, and removes its data')
  .action(async (named, { json }) => {
    const stopped = await stop(named);
    if (json) process.stdout.write(`${JSON.stringify(stopped)}\n`);
  });
program.command('status').argument(...names).option('--json', 'prints it as JSON')
  .description('tells what runs; exit code 1 when something does not')
  .action(async (named, { json }) => {
    const found = await status(named);
    if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else for (const { name, state, address } of found) process.stdout.write(`${name.padEnd(13)} ${state}${address === undefined ? '' : `  ${shown(address)}`}\n`);
    if (found.some(({ state }) => state !== 'running')) process.exitCode = 1;
  });
withDocker(program.command('test')).argument('[jest arguments...]').allowUnknownOption().passThroughOptions()
  .description('runs the tests that need engines (*.engines.test.ts) with all engines, starting those that do not run')
  .option('--engine <name>', 'starts this engine only; may be repeated', (name, before = []) => [...before, name])
  .action(async (jestArguments, options) => {
    process.exitCode = await test(jestArguments, options);
  });

try {
  await program.parseAsync();
} catch (error) {
  progress(error.message);
  process.exitCode = 1;
}
