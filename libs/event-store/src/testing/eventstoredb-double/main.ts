import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type EventStoreDbDouble, startEventStoreDbDouble } from './double';
import type { FaultSettings } from './faults';

/**
 * The test double as a process of its own. Usage: `<directory> [port]`. Prints two addresses, one a line: the double's for clients, and
 * one for faults: `POST` the fault settings to it as JSON, `{}` for none; `POST` to `/cut` cuts every connection. Both on loopback.
 */
async function main(directory: string, port: number): Promise<void> {
  const double = await startEventStoreDbDouble({ directory, port });
  const control = createServer((request, response) => {
    void command(double, request.url ?? '/', text(request)).then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  control.listen(0, '127.0.0.1', () => {
    console.log(double.url);
    console.log(`http://127.0.0.1:${(control.address() as AddressInfo).port}`);
  });
  process.once('SIGTERM', () => {
    control.close();
    void double.close().then(() => process.exit());
  });
}

async function command(double: EventStoreDbDouble, path: string, body: Promise<string>): Promise<void> {
  const said = await body;
  if (path === '/cut') double.cutConnections();
  else double.faults.set(JSON.parse(said) as Partial<FaultSettings>);
}

void main(String(process.argv[2]), Number(process.argv[3] ?? 0));
