// The wire protocol of MongoDB on the loopback interface: FerretDB over SQLite files, built from its Go module. No package
// of the ordinary registries carries a mongod; docs/adr/0013-mongodb-adapters.md tells what differs.
import { hash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { CACHE, freePorts, logOf, run, startDetached, untilAnswering } from './processes.mjs';

export const name = 'mongodb';
export const setting = 'MONGODB_URL';
export const title = 'FerretDB, in place of MongoDB';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), 'mongodb');
const DATABASE = 'tillroll';

async function program() {
  const files = await Promise.all(['main.go', 'go.mod', 'go.sum'].map((file) => readFile(join(SOURCE, file), 'utf8')));
  return join(CACHE, `ferretdb-1.24.0-${hash('sha256', files.join('\n')).slice(0, 12)}`);
}

/** Builds the server when it is not there yet. Needs Go 1.22 or newer. */
export async function install({ onProgress = () => undefined } = {}) {
  const built = await program();
  if (await access(built).then(() => true, () => false)) return;
  onProgress('Go builds FerretDB; the first time takes a minute or two');
  await mkdir(CACHE, { recursive: true });
  const partial = `${built}.${process.pid}`;
  try {
    await run('go', ['build', '-trimpath', '-mod=readonly', '-o', partial, '.'], { cwd: SOURCE, env: { GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } });
    await rename(partial, built);
  } finally {
    await rm(partial, { force: true });
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
