import type { RouteOptions, onResponseHookHandler, preHandlerHookHandler } from 'fastify';
import { validation } from '../body/validation';
import { authentication } from '../callers/authentication';
import type { VerifiedTokens } from '../callers/verified-tokens';
import { causesOf } from '../causes/request-cause';
import { followedWrites, tokensOnWrites, waitingReads } from '../consistency/consistency';
import { idempotency } from '../idempotency/idempotency';
import type { RateLimits } from '../limits/rate-limits';
import { isWrite } from '../routes/route-marks';
import type { RoutePlan } from '../routes/route-plan';
import type { HttpParts } from './http-parts';
import { headersForData, headersForPages } from './security-headers';

const present = <T>(...hooks: readonly (T | undefined)[]): T[] => hooks.filter((hook) => hook !== undefined);

/**
 * Gives each route of a controller the hooks that it needs and no other, made for it at the start.
 * In this order: who calls, how often, what is sent, whether it was sent before, whether the answer would be too old.
 */
export function routeHooks(parts: HttpParts, limits: RateLimits, tokens: VerifiedTokens): (route: RouteOptions) => void {
  const { clock, consistency, readGate, log, metrics } = parts;

  const cause = (plan: RoutePlan): preHandlerHookHandler => {
    const causeOf = causesOf(plan, clock);
    return (request, reply, done) => {
      request.cause = causeOf(request);
      reply.header('x-correlation-id', request.cause.correlationId);
      done();
    };
  };

  const measure = (method: string, url: string): onResponseHookHandler => {
    const observe = metrics.timerOf(method, url);
    return (request, reply, done) => {
      observe(reply.statusCode, reply.elapsedTime);
      if (log.isLevelEnabled('debug'))
        log.debug({ method, route: url, status: reply.statusCode, ms: Math.round(reply.elapsedTime), correlationId: request.cause?.correlationId }, 'request');
      done();
    };
  };

  return (route) => {
    const plan = route.config?.plan;
    if (plan === undefined) return;
    const method = String(route.method);
    const writes = isWrite(method, plan);
    const keys = writes ? idempotency(plan, parts.idempotency) : undefined;

    route.onRequest = present(plan.isPage ? headersForPages : headersForData, authentication(plan, tokens, limits.stranger, writes), limits.arrival(plan, writes), keys?.onRequest);
    route.preValidation = present(validation(plan, !/^(?:GET|HEAD)$/.test(method)));
    route.preHandler = writes ? present(limits.account(plan), cause(plan), keys?.preHandler) : [waitingReads(plan, consistency, readGate)];
    route.onSend = present(keys?.onSend, plan.followed === true ? followedWrites(readGate) : undefined, writes ? tokensOnWrites(consistency, readGate) : undefined);
    route.onResponse = measure(method, route.url);
  };
}
