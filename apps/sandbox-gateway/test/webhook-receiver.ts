import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Buffer;
  /** Its `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A merchant's server that keeps what it is sent. */
export interface WebhookReceiver {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** How the next deliveries are answered; undefined: not at all. */
  answerWith(status: number | undefined): void;
  /** Waits until so many deliveries satisfy the predicate, and gives them. */
  received(wanted: (delivery: Delivery) => boolean, count?: number): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

export async function webhookReceiver(port = 0): Promise<WebhookReceiver> {
  const deliveries: Delivery[] = [];
  const waiting = new Set<() => void>();
  let status: number | undefined = 202;

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const rawBody = Buffer.concat((await request.toArray()) as Buffer[]);
    const { type, data } = JSON.parse(rawBody.toString()) as Pick<Delivery, 'type' | 'data'>;
    deliveries.push({ headers: request.headers, rawBody, id: String(request.headers['webhook-id']), type, data });
    if (status !== undefined) response.writeHead(status).end();
    for (const check of waiting) check();
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?from=sandbox`,
    deliveries,
    answerWith(next) {
      status = next;
    },
    received(wanted, count = 1) {
      return new Promise((resolve) => {
        const check = () => {
          const found = deliveries.filter(wanted);
          if (found.length < count) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
