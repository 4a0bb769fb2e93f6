import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Enough for a connection that waits to be accepted, and for what was sent over it. */
const TURNS = 3;
const LOOK_MS = 50;

/**
 * Lets the server close as soon as its last request is answered. Requests that have reached the machine begin before
 * it closes: Node takes a connection with unread bytes for an idle one. And a connection that carries an answer at
 * that moment is closed behind it: Node looks for idle ones only once, and would keep the others until their clients leave.
 */
export function leaveNoConnection(server: FastifyInstance): void {
  server.addHook('preClose', async () => {
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
    if (!server.server.listening) return;
    const look = setInterval(() => server.server.closeIdleConnections(), LOOK_MS);
    server.server.once('close', () => clearInterval(look));
  });
}
