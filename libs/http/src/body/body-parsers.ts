import { DomainError } from '@tillroll/kernel';
import type { FastifyInstance } from 'fastify';
import { readJson } from './read-json';

/** What is not `charset=utf-8` is not JSON (RFC 8259, 8.1). */
const CHARSET = /;\s*charset=\s*"?([^";\s]+)/i;

const isReadable = (contentType: string | undefined, contentEncoding: string | undefined): boolean => {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') return false;
  if (contentType === undefined || contentType === 'application/json') return true;
  const charset = CHARSET.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
};

/** JSON is the only content type, read strictly. Routes marked `@RawBody()` get its bytes, unread. */
export function registerBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const { headers } = request;
    if (!isReadable(headers['content-type'], headers['content-encoding'])) return done(new DomainError('unsupported_media_type'));
    if (request.routeOptions.config.plan?.rawBody === true) {
      request.rawBody = bytes;
      return done(null, undefined);
    }
    if (bytes.length === 0 || request.is404) return done(null, undefined);
    const read = readJson(bytes);
    if ('faults' in read) return done(new DomainError('validation_failed', { errors: read.faults }));
    done(null, read.value);
  });
}
