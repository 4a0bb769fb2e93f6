import { DomainError } from '@tillroll/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../problems/refusals';
import { answerBrokenConnection } from './broken-connections';

/** HTTP/1.1 wants one, though nothing here depends on it. */
function wantHost({ headers, raw }: FastifyRequest): void {
  if (headers.host === undefined && raw.httpVersion !== '1.0') invalid({ parameter: 'Host', code: 'required', message: 'must be given' });
}

/**
 * Answers as everything else is answered what Node would answer with an empty body or not at all, and requests without
 * a route (with `without`) before their body is looked at: a path that does not exist takes no body of any kind.
 */
export function answerEveryRequest(server: FastifyInstance, without: (request: FastifyRequest, reply: FastifyReply) => unknown): void {
  server.addHook('onRequest', (request, reply, done) => {
    wantHost(request);
    if (request.is404) without(request, reply);
    else done();
  });
  const node = server.server;
  node.on('checkExpectation', (request, response) => node.emit('request', request, response));
  node.on('connect', (_request, socket) => answerBrokenConnection(new DomainError('method_not_allowed'), socket));
}
