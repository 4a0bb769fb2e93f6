import type { onRequestHookHandler } from 'fastify';

/** For answers that are data: nothing in them is to be run, framed, guessed or kept by caches. */
const FOR_DATA = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** A page may have a style of its own; it runs nothing and loads nothing from elsewhere. */
const FOR_PAGES = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const setting =
  (headers: Readonly<Record<string, string>>): onRequestHookHandler =>
  (_request, reply, done) => {
    reply.headers(headers);
    done();
  };

export const headersForData: onRequestHookHandler = setting(FOR_DATA);
export const headersForPages: onRequestHookHandler = setting(FOR_PAGES);
