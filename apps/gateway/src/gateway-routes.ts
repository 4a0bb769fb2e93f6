import type { Metrics, TokenVerifier } from '@tillroll/http';
import { authentication } from '@tillroll/http/callers/authentication';
import { VerifiedTokens } from '@tillroll/http/callers/verified-tokens';
import { rateLimits } from '@tillroll/http/limits/rate-limits';
import type { Clock } from '@tillroll/kernel';
import type { ServiceName, Settings } from '@tillroll/settings';
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { Forwarding } from './forward';
import type { PublicRoute } from './public-routes';

export interface GatewayRoutesOptions {
  readonly routes: readonly PublicRoute[];
  readonly forwarding: Forwarding;
  readonly addressesOf: (service: ServiceName) => readonly string[];
  readonly sandboxUrl: string | undefined;
  readonly verifier: TokenVerifier;
  readonly settings: Pick<Settings, 'rateLimit'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const SANDBOX_METHODS = ['GET', 'POST', 'PUT'];

/** Those whose tokens ended before their time are refused by the services, which know them. */
const NOBODY_IS_REVOKED = { isRevoked: () => false };

/** A plugin of the server: bodies come whole, as bytes, and go on as they came. */
export function gatewayRoutes({ routes, forwarding, addressesOf, sandboxUrl, verifier, settings, clock, metrics }: GatewayRoutesOptions) {
  const limits = rateLimits(settings.rateLimit, clock);
  const tokens = new VerifiedTokens(verifier, NOBODY_IS_REVOKED, clock);

  return (server: FastifyInstance): Promise<void> => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    for (const { method, url, service, plan, isWrite } of routes) {
      const observe = metrics.timerOf(method, url);
      const account = limits.account(plan);
      server.route({
        method,
        url,
        onRequest: [authentication(plan, tokens, limits.stranger, isWrite), limits.arrival(plan, isWrite)].filter((hook) => hook !== undefined),
        preHandler: account === undefined ? [] : [withJson(account)],
        onResponse: (_request, reply, done) => {
          observe(reply.statusCode, reply.elapsedTime);
          done();
        },
        handler: (request: FastifyRequest, reply: FastifyReply) => forwarding.forward(request, reply, addressesOf(service)),
      });
    }
    if (sandboxUrl !== undefined)
      for (const url of ['/sandbox', '/sandbox/*'])
        server.route({ method: SANDBOX_METHODS, url, handler: (request: FastifyRequest, reply: FastifyReply) => forwarding.forward(request, reply, [sandboxUrl]) });
    return Promise.resolve();
  };
}

/** Lets a hook look into a body that goes on as it came; one that cannot be read is for the service to refuse. */
const withJson =
  (hook: preHandlerHookHandler): preHandlerHookHandler =>
  function (request, reply, done) {
    const seen = Object.create(request, { body: { value: parsed(request.body) } }) as FastifyRequest;
    return hook.call(this, seen, reply, done);
  };

function parsed(body: unknown): unknown {
  try {
    return Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}
