import { createHash } from 'node:crypto';
import { type Clock, DomainError } from '@tillroll/kernel';
import type { Settings } from '@tillroll/settings';
import type { FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify';
import type { RoutePlan } from '../routes/route-plan';
import { networkOf } from './network-address';
import { WindowLimiter } from './window-limiter';

const MINUTE = 60_000;

/** About 100 bytes each. */
const MOST_KEYS = 50_000;

/** Providers repeat what is refused, so that a limit only slows them down; this one stops a flood and nothing else. */
const WEBHOOKS = 6_000;

const limiter = (limit: number) => new WindowLimiter({ limit, windowMs: MINUTE, mostKeys: MOST_KEYS });

export const rateLimited = (retryAfterMs: number): DomainError => new DomainError('rate_limited', { retryAfterMs });

/** Account names are not kept: only their hash. */
const accountOf = (email: string): string => createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');

export interface RateLimits {
  /** Before anything else of the request is looked at; undefined when there is nothing to limit. */
  readonly arrival: (plan: RoutePlan | undefined, isWrite: boolean) => onRequestHookHandler | undefined;
  /** Once the body has been read. */
  readonly account: (plan: RoutePlan) => preHandlerHookHandler | undefined;
  /** Counts a request that was refused before its caller was known. */
  readonly stranger: (request: FastifyRequest, isWrite: boolean) => DomainError | undefined;
}

const NONE: RateLimits = { arrival: () => undefined, account: () => undefined, stranger: () => undefined };

/** Requests a minute: for each caller, or network address when there is none; sign-ins for each network address and each account. */
export function rateLimits(limits: Settings['rateLimit'], clock: Clock): RateLimits {
  if (limits === undefined) return NONE;
  const reads = limiter(limits.reads);
  const writes = limiter(limits.writes);
  const webhooks = limiter(Math.max(WEBHOOKS, limits.writes));
  const accounts = limiter(limits.signIns);
  const signIns = new Map<string, WindowLimiter>();

  const byCaller = (by: WindowLimiter): onRequestHookHandler => (request, _reply, done) => {
    const wait = by.take(request.caller?.customerId ?? networkOf(request.ip), clock.now());
    done(wait === 0 ? undefined : rateLimited(wait));
  };
  const byNetwork = (by: WindowLimiter): onRequestHookHandler => (request, _reply, done) => {
    const wait = by.take(networkOf(request.ip), clock.now());
    done(wait === 0 ? undefined : rateLimited(wait));
  };
  /** Each kind of sign-in counts for itself: whoever opens an account may sign in with it at once. */
  const signInsOf = (name: string): WindowLimiter => {
    const known = signIns.get(name) ?? limiter(limits.signIns);
    signIns.set(name, known);
    return known;
  };

  return {
    arrival(plan, isWrite) {
      switch (plan?.limit) {
        case 'none':
          return undefined;
        case 'sign-in':
          return byNetwork(signInsOf(plan.name));
        case 'webhook':
          return byNetwork(webhooks);
        default:
          return byCaller(isWrite ? writes : reads);
      }
    },
    account(plan) {
      if (plan.limit !== 'sign-in') return undefined;
      return (request, _reply, done) => {
        const email = (request.body as { readonly email?: unknown } | undefined)?.email;
        const wait = typeof email === 'string' ? accounts.take(`${plan.name} ${accountOf(email)}`, clock.now()) : 0;
        done(wait === 0 ? undefined : rateLimited(wait));
      };
    },
    stranger(request, isWrite) {
      const wait = (isWrite ? writes : reads).take(networkOf(request.ip), clock.now());
      return wait === 0 ? undefined : rateLimited(wait);
    },
  };
}
