import type { onRequestHookHandler } from 'fastify';

/** For answers that are data: nothing in them is to be run, framed, guessed or kept by caches. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

export const securityHeaders: onRequestHookHandler = (_request, reply, done) => {
  reply.headers(HEADERS);
  done();
};
