import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';
import { registerBodyParsers } from '../body/body-parsers';
import { VerifiedTokens } from '../callers/verified-tokens';
import { healthRoutes } from '../health/health';
import { rateLimits } from '../limits/rate-limits';
import { metricsRoute } from '../metrics/metrics-route';
import { ProblemFilter } from '../problems/problem-filter';
import { serveDocs } from '../openapi/docs-page';
import { problemSender } from '../problems/send-problem';
import { planRoutes } from '../routes/route-plan';
import { RouteTable } from '../routes/route-table';
import { OpenStreams } from '../streams/open-streams';
import { answerEveryRequest } from './answer-every-request';
import { callDirectly } from './call-directly';
import { routeHooks } from './route-hooks';
import type { HttpParts } from './http-parts';
import { leaveNoConnection } from './leave-no-connection';
import { otherMethods } from './other-methods';

export interface HttpEdge {
  /** The first step of a stop: not ready any more, streams end. Requests that were begun are answered by `app.close()`. */
  stop(): void;
}

/** Paths of their own, outside `/v1`. */
const OUTSIDE = ['/', 'health', 'health/*path', 'metrics', 'docs', 'docs/*path', 'openapi.json', 'sandbox', 'sandbox/*path'];

/**
 * Puts the edge around the application's controllers. Between creating the application (with the adapter of
 * `createHttpAdapter`) and `init` or `listen`. Throws a `TypeError` for a controller that cannot be checked.
 */
export function configureHttp(app: NestFastifyApplication, parts: HttpParts): HttpEdge {
  const server = app.getHttpAdapter().getInstance();
  const { log, metrics } = parts;
  const sendProblem = problemSender(log);
  const streams = new OpenStreams(parts.clock, (error) => log.error({ err: error }, 'an event stream failed'));
  const table = new RouteTable();

  app.setGlobalPrefix('v1', { exclude: OUTSIDE });
  const handlers = planRoutes(app, sendProblem);

  server.decorate('eventStreams', streams);
  for (const name of ['caller', 'cause', 'keyUse', 'problemCode', 'rawBody', 'sentQuery']) server.decorateRequest(name, undefined);
  registerBodyParsers(server);
  app.useGlobalFilters(new ProblemFilter(sendProblem));
  server.setErrorHandler(sendProblem);
  const withoutRoute = otherMethods(table);
  answerEveryRequest(server, withoutRoute);
  server.setNotFoundHandler(withoutRoute);

  const hooks = routeHooks(parts, rateLimits(parts.settings.rateLimit, parts.clock), new VerifiedTokens(parts.verifier, parts.revoked, parts.clock));
  server.addHook('onRoute', (route: RouteOptions) => {
    table.add(route.method, route.url);
    hooks(route);
    callDirectly(route, handlers);
  });

  serveDocs(app, server, parts.document);
  const readiness = healthRoutes(server, parts.health, parts.longestCheckMs);
  metricsRoute(server, metrics);
  metrics.gauge('http_event_streams', 'Server-sent event streams that are open', () => streams.size);

  leaveNoConnection(server);
  server.addHook('onListen', (done) => {
    parts.idempotency.start();
    done();
  });
  server.addHook('onClose', (_server, done) => {
    parts.idempotency.stop();
    done();
  });

  return {
    stop() {
      readiness.stop();
      streams.stop();
    },
  };
}
