import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@tillroll/kernel';
import type { onRequestHookHandler } from 'fastify';

/** What services of one shop show one another: requests come from the gateway only. */
export const SERVICE_TOKEN_HEADER = 'tillroll-service-token';

/** Asked by whoever watches the process. */
const OPEN = /^\/(?:health\/(?:live|ready)|metrics)(?:\?|$)/;

/** Of one length, whatever was sent: how long a comparison takes says nothing. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Refuses requests without the token, save those for health and metrics. */
export function onlyWithServiceToken(token: string): onRequestHookHandler {
  const expected = digest(token);
  return (request, _reply, done) => {
    const given = request.headers[SERVICE_TOKEN_HEADER];
    const isAdmitted = OPEN.test(request.url) || (typeof given === 'string' && timingSafeEqual(digest(given), expected));
    done(isAdmitted ? undefined : new DomainError('unauthenticated', { tokenGiven: false }));
  };
}
