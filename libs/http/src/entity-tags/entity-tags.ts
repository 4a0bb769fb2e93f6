import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../problems/refusals';

/** A revision that no stream is ever at. */
export const NEVER = -2;

const tagOf = (id: string, revision: number): string => `"${id}.${revision.toString(36)}"`;

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const SEPARATOR = /^[\t ,]*$/;
const LONGEST_LIST = 100;

/** Tags the answer with the revision of the resource `id` (a UUID or a product id): another revision, and another resource, has another tag. */
export function setEtag(reply: FastifyReply, id: string, revision: number): void {
  reply.header('etag', tagOf(id, revision));
}

const malformed = (): never => invalid({ parameter: 'If-Match', code: 'malformed', message: 'must be * or a list of entity tags in quotes' });

/** None when it is no list. Commas may also stand inside of a tag, and beside no tag at all (RFC 9110, 5.6.1 and 8.8.3). */
function tagsIn(list: string): readonly string[] {
  const between = list.split(TAG);
  const isList = between.every((text, index) => SEPARATOR.test(text) && (index === 0 || index === between.length - 1 || text.includes(',')));
  return isList ? (list.match(TAG) ?? []) : [];
}

/**
 * The revision of `id` that `If-Match` asks for; undefined without it, and for `*`.
 * A tag of something else gives {@link NEVER}; weak tags never match (RFC 9110, 13.1.1). Of several tags that could be
 * revisions of `id` the newest counts: it is the only one that the client can mean.
 */
export function expectedRevision({ headers }: FastifyRequest, id: string): number | undefined {
  const given = headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const tags = tagsIn(given);
  if (tags.length === 0 || tags.length > LONGEST_LIST) return malformed();
  const own = `"${id}.`;
  const revisions = tags.filter((tag) => tag.startsWith(own)).map((tag) => Number.parseInt(tag.slice(own.length, -1), 36));
  return Math.max(NEVER, ...revisions.filter((revision) => Number.isSafeInteger(revision) && revision >= -1));
}
