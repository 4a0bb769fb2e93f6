import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { answerBrokenConnection, type HttpSocket } from './broken-connections';

/** Enough for a connection that waits to be accepted, and for what was sent over it. */
const TURNS = 3;
const LOOK_MS = 50;
/** Who has connected and said nothing by then, as browsers do beforehand, has nothing to say. */
const SILENT_MS = 500;

/**
 * Lets the server close as soon as its last request is answered. Requests that have reached the machine begin before
 * it closes: Node takes a connection with unread bytes for an idle one. And a connection that carries an answer at
 * that moment is closed behind it: Node looks for idle ones only once, and would keep the others until their clients leave.
 * Nor does it look at requests that come too slowly any more: those get the time that a head has, from then on.
 */
export function leaveNoConnection(server: FastifyInstance): void {
  const node = server.server;
  const connections = new Set<HttpSocket>();
  node.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.addHook('preClose', async () => {
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
    if (!node.listening) return;
    const begun = performance.now();
    const look = setInterval(() => {
      node.closeIdleConnections();
      const waited = performance.now() - begun;
      if (waited >= SILENT_MS) for (const connection of connections) if (connection.bytesRead === 0) connection.destroy();
      if (waited >= node.headersTimeout) for (const connection of connections) if (!isAsked(connection)) answerBrokenConnection(TOO_SLOW, connection);
    }, LOOK_MS);
    node.once('close', () => clearInterval(look));
  });
}

const TOO_SLOW = Object.assign(new Error('the request did not come to its end'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** A request has come over it whole and waits for its answer. */
const isAsked = ({ _httpMessage: answer }: HttpSocket): boolean => answer?.req.complete === true;
