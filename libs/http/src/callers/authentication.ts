import { DomainError } from '@tillroll/kernel';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { RateLimits } from '../limits/rate-limits';
import type { RoutePlan } from '../routes/route-plan';
import type { Caller } from './caller';
import type { VerifiedTokens } from './verified-tokens';

const NO_TOKEN = { tokenGiven: false };
const BAD_TOKEN = { tokenGiven: true };

/** Undefined for another scheme than `Bearer`. */
function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ')) return authorization.slice(7).trimStart();
  return /^bearer +\S/i.test(authorization) ? authorization.replace(/^bearer +/i, '') : undefined;
}

/** Lets in who may call the route, and says who it is: `request.caller`. */
export function authentication(plan: RoutePlan, tokens: VerifiedTokens, strangers: RateLimits['stranger'], isWrite: boolean): onRequestHookHandler | undefined {
  const { access } = plan;
  if (access === 'own') return undefined;
  const roles = access === 'anyone' ? undefined : access;

  const admit = (request: FastifyRequest, caller: Caller | undefined, done: (error?: Error) => void): void => {
    if (caller === undefined) return done(strangers(request, isWrite) ?? new DomainError('unauthenticated', BAD_TOKEN));
    if (roles !== undefined && !roles.some((role) => caller.roles.includes(role))) return done(new DomainError('forbidden'));
    request.caller = caller;
    done();
  };

  return (request, _reply, done) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return access === 'anyone' ? done() : done(strangers(request, isWrite) ?? new DomainError('unauthenticated', NO_TOKEN));
    const token = bearerToken(authorization);
    const caller = token === undefined ? undefined : tokens.callerOf(token);
    if (caller instanceof Promise) caller.then((found) => admit(request, found, done), done);
    else admit(request, caller, done);
  };
}
