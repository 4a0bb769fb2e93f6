import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isPlainText } from '../body/json-text';
import { type Fault, invalid } from '../problems/refusals';
import { requestOf } from '../routes/request-of';

/** Which part of a collection is asked for. Ask a read model for `limit + 1` rows. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: { readonly value: string | number; readonly id: string };
  /** The collection: its cursors are of no use in another one. */
  readonly of?: string;
}

export interface PageAnswer<T> {
  readonly data: readonly T[];
  readonly page: { readonly next: string | null };
}

interface Row<D> {
  readonly id: string;
  readonly document: D;
}

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 100;
const LONGEST_CURSOR = 1000;

/** Cursors of an earlier form are refused rather than misread. */
const FORM = 2;

/** `of`: the collection, where there are several. */
export const writeCursor = (value: string | number, id: string, of = ''): string => Buffer.from(JSON.stringify([FORM, value, id, of])).toString('base64url');

/** Undefined for text that is no cursor of the collection. */
export function readCursor(cursor: string, of = ''): { readonly value: string | number; readonly id: string } | undefined {
  if (cursor.length > LONGEST_CURSOR || !/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [form, value, id] = parts as readonly unknown[];
    const isPlace = (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && isPlainText(value));
    return form === FORM && isPlace && typeof id === 'string' && isPlainText(id) && writeCursor(value, id, of) === cursor ? { value, id } : undefined;
  } catch {
    return undefined;
  }
}

const LIMIT_FAULT: Fault = { parameter: 'limit', code: 'out_of_range', message: `must be a whole number from 1 to ${LARGEST_LIMIT}` };
const CURSOR_FAULT: Fault = { parameter: 'cursor', code: 'malformed', message: 'must be page.next of an earlier answer' };

/** Refuses what is no page, naming each faulty parameter. */
export function readPage({ query, sentQuery, routeOptions }: Pick<FastifyRequest, 'query'> & Partial<Pick<FastifyRequest, 'sentQuery' | 'routeOptions'>>): PageRequest {
  const of = routeOptions?.url;
  const { limit, cursor } = (sentQuery ?? query) as { readonly limit?: unknown; readonly cursor?: unknown };
  const faults: Fault[] = [];
  const size = limit === undefined ? DEFAULT_LIMIT : typeof limit === 'string' && /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
  if (size < 1 || size > LARGEST_LIMIT) faults.push(LIMIT_FAULT);
  const after = typeof cursor === 'string' ? readCursor(cursor, of) : undefined;
  if (cursor !== undefined && after === undefined) faults.push(CURSOR_FAULT);
  if (faults.length > 0) return invalid(...faults);
  return { limit: size, ...(after === undefined ? {} : { after }), ...(of === undefined ? {} : { of }) };
}

/** @internal */
export const pageOf = (_: unknown, context: ExecutionContext): PageRequest => readPage(requestOf(context));

/** The {@link PageRequest} in the query parameters `limit` and `cursor`. */
export const PageOf = createParamDecorator(pageOf);

/** The answer made of `limit + 1` found rows: the extra one only tells that there is a next page. */
export function pageAnswer<D extends Readonly<Record<string, unknown>>>(page: PageRequest, found: readonly Row<D>[], orderField: string): PageAnswer<D>;
export function pageAnswer<D extends Readonly<Record<string, unknown>>, T>(
  page: PageRequest,
  found: readonly Row<D>[],
  orderField: string,
  show: (document: D, id: string) => T,
): PageAnswer<T>;
export function pageAnswer<D extends Readonly<Record<string, unknown>>>(
  page: PageRequest,
  found: readonly Row<D>[],
  orderField: string,
  show: (document: D, id: string) => unknown = (document) => document,
): PageAnswer<unknown> {
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  const hasMore = found.length > page.limit && last !== undefined;
  return { data: rows.map(({ document, id }) => show(document, id)), page: { next: hasMore ? writeCursor(placeOf(last.document, orderField), last.id, page.of) : null } };
}

function placeOf(document: Readonly<Record<string, unknown>>, orderField: string): string | number {
  const value = document[orderField];
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`a page cannot be ordered by ${orderField}: it is ${typeof value}`);
}
