// The wire protocol of MongoDB on the loopback interface: FerretDB over SQLite files, built from its Go module. No package
// of the ordinary registries carries a mongod; docs/adr/0013-mongodb-adapters.md tells what differs.
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { access, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { CACHE, freePorts, logOf, run, startDetached, untilAnswering } from './processes.mjs';

export const name = 'mongodb';
export const setting = 'MONGODB_URL';
export const title = 'FerretDB, in place of MongoDB';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), 'mongodb');
const DATABASE = 'tillroll';

/**
 * FerretDB indexes the ids by one expression and asks for them by another, and so reads the whole table for each. As
 * built here it asks by the one that it indexes.
 */
const MENDED = { file: 'internal/backends/sqlite/metadata/metadata.go', from: `"->'$._id'"`, to: '"->\\"_id\\""' };

async function program() {
  const files = await Promise.all(['main.go', 'go.mod', 'go.sum'].map((file) => readFile(join(SOURCE, file), 'utf8')));
  return join(CACHE, `ferretdb-1.24.0-${hash('sha256', [...files, MENDED.to].join('\n')).slice(0, 12)}`);
}

const GO = { cwd: SOURCE, env: { GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } };

/** A copy of the module with the mended file, and a go.mod that takes it. Resolves with the latter. */
async function mended(folder) {
  await run('go', ['mod', 'download', 'github.com/FerretDB/FerretDB'], GO);
  const module = await moduleFolder();
  const copy = join(folder, 'ferretdb');
  for (const entry of await readdir(module, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(copy, relative(module, from));
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, await readFile(from));
  }
  const file = join(copy, MENDED.file);
  const source = await readFile(file, 'utf8');
  if (!source.includes(MENDED.from)) throw new Error(`${MENDED.file} of FerretDB is not as expected`);
  await writeFile(file, source.replace(MENDED.from, MENDED.to));
  await writeFile(join(folder, 'go.mod'), `${await readFile(join(SOURCE, 'go.mod'), 'utf8')}\nreplace github.com/FerretDB/FerretDB => ${JSON.stringify(copy)}\n`);
  await copyFile(join(SOURCE, 'go.sum'), join(folder, 'go.sum'));
  return join(folder, 'go.mod');
}

async function moduleFolder() {
  const { stdout } = await promisify(execFile)('go', ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', 'github.com/FerretDB/FerretDB'], { ...GO, env: { ...process.env, ...GO.env } });
  return stdout.trim();
}

/** Builds the server when it is not there yet. Needs Go 1.22 or newer. */
export async function install({ onProgress = () => undefined } = {}) {
  const built = await program();
  if (await access(built).then(() => true, () => false)) return;
  onProgress('Go builds FerretDB; the first time takes a minute or two');
  await mkdir(CACHE, { recursive: true });
  const folder = `${built}.${process.pid}`;
  try {
    const modfile = await mended(folder);
    await run('go', ['build', '-trimpath', `-modfile=${modfile}`, '-o', join(folder, 'program'), '.'], GO);
    await rename(join(folder, 'program'), built);
  } finally {
    await rm(folder, { force: true, recursive: true });
  }
}

/** With a `port` it can be killed and started again at its address, on its data. */
export async function start({ directory, port, onProgress = () => undefined }) {
  await install({ onProgress });
  const [free] = port === undefined ? await freePorts(1) : [port];
  const log = logOf(directory, name);
  const address = `mongodb://127.0.0.1:${free}/${DATABASE}`;
  await mkdir(directory, { recursive: true });
  onProgress('starting FerretDB');
  const pid = await startDetached(await program(), ['-listen', `127.0.0.1:${free}`, '-data', join(directory, 'data')], { log });
  await untilAnswering(title, () => isAnswering(address), { pid, log, timeoutMs: 30_000 });
  return { address, pids: [pid] };
}

export async function isAnswering(address) {
  const client = new MongoClient(address, { serverSelectionTimeoutMS: 1_000, connectTimeoutMS: 1_000, timeoutMS: 2_000, maxPoolSize: 1 });
  try {
    await client.db().command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

/** The real one. */
export const container = (port) => ({ image: 'mongo:8.0.4', port: 27_017, address: `mongodb://127.0.0.1:${port}/${DATABASE}` });
