import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedHook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HookServer {
  readonly origin: string;
  readonly received: readonly ReceivedHook[];
  /** How requests are answered from now on. Default: 204. */
  answerWith(answer: (response: ServerResponse, hook: ReceivedHook) => void): void;
  /** Resolves with the request that comes n-th, from 0. */
  hook(n: number): Promise<ReceivedHook>;
  close(): Promise<void>;
}

/** A real HTTP server on this machine that somebody outside could have. */
export async function startHookServer(): Promise<HookServer> {
  const received: ReceivedHook[] = [];
  const waiting = new Set<() => void>();
  let answer: Parameters<HookServer['answerWith']>[0] = (response) => response.writeHead(204).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const hook = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      received.push(hook);
      answer(response, hook);
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (next) => (answer = next),
    async hook(n) {
      for (;;) {
        const hook = received[n];
        if (hook !== undefined) return hook;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
