import type { FastifyInstance } from 'fastify';
import { checkout } from '../checkout/checkout';
import type { Sandbox } from '../sandbox';
import { api } from './api';
import { sendError, sendFailure } from './api-error';

export interface RoutesOptions {
  readonly sandbox: Sandbox;
  readonly key: string;
  /** The address under which the routes' prefix is reached from outside, without a slash at its end. */
  readonly publicUrl: () => string;
}

/** The whole provider as a Fastify plugin. It shares no parser, error form or schema with the server that it is mounted in. */
export function sandboxRoutes({ sandbox, key, publicUrl }: RoutesOptions) {
  const checkoutUrl = (id: string): string => `${publicUrl()}/checkout/${id}`;

  return async (server: FastifyInstance): Promise<void> => {
    readBodies(server);
    server.setErrorHandler((error, _request, reply) => sendFailure(error, reply));
    server.setNotFoundHandler((_request, reply) => sendError(reply, 'not_found', 'there is no such address'));
    server.get('/health', async () => ({ status: 'ok' }));
    await server.register(api({ sandbox, key, checkoutUrl }), { prefix: '/v1' });
    await server.register(checkout({ sandbox, checkoutUrl }), { prefix: '/checkout' });
  };
}

const BODY_LIMIT = 100 * 1024;

function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    server.getDefaultJsonParser('error', 'error'),
  );
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
}
