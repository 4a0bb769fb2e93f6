// A test double of EventStoreDB on the loopback interface: no package of the ordinary registries carries the server. It speaks
// the server's gRPC protocol over the embedded engine; docs/adr/0011-eventstoredb-adapter.md tells what it cannot show.
// EVENTSTORE_URL names a real server, and then that one is used.
import { access, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BACKWARDS, END, EventStoreDBClient } from '@eventstore/db-client';
import { freePorts, logOf, startDetached, untilAnswering } from './processes.mjs';

export const name = 'eventstoredb';
export const setting = 'EVENTSTORE_URL';
export const title = 'a test double of EventStoreDB';

const PROGRAM = resolve(dirname(fileURLToPath(import.meta.url)), '../../libs/event-store/dist/testing/eventstoredb-double/main.js');

/** Nothing to download: `npm run build` makes it. */
export async function install() {
  await access(PROGRAM).catch(() => {
    throw new Error(`${PROGRAM} is missing: npm run build makes it`);
  });
}

/** With a `port` it can be killed and started again at its address, on its data. `faults` is where faults are switched on. */
export async function start({ directory, port, onProgress = () => undefined }) {
  await install();
  const [free] = port === undefined ? await freePorts(1) : [port];
  const log = logOf(directory, name);
  const address = `esdb://127.0.0.1:${free}?tls=false`;
  await mkdir(directory, { recursive: true });
  onProgress('starting the test double');
  const pid = await startDetached(process.execPath, [PROGRAM, join(directory, 'data'), String(free)], { log });
  await untilAnswering(title, () => isAnswering(address), { pid, log, timeoutMs: 30_000 });
  return { address, pids: [pid], faults: (await readFile(log, 'utf8')).trim().split('\n').at(-1) };
}

export async function isAnswering(address) {
  const client = EventStoreDBClient.connectionString(address);
  const read = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
  const late = setTimeout(() => read.destroy(new Error('late')), 2_000);
  try {
    for await (const _ of read) continue;
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
    await Promise.race([read.cancel().catch(() => undefined), new Promise((go) => setTimeout(go, 500).unref())]);
  }
}

/** The real one. */
export const container = (port) => ({
  image: 'eventstore/eventstore:23.10.6-jammy',
  port: 2_113,
  environment: { EVENTSTORE_INSECURE: 'true', EVENTSTORE_MEM_DB: 'false', EVENTSTORE_TELEMETRY_OPTOUT: 'true' },
  address: `esdb://127.0.0.1:${port}?tls=false`,
});
