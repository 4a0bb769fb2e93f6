import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Which part of a collection is asked for. Ask a read model for `limit + 1` rows. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: { readonly value: string | number; readonly id: string };
}

export interface PageAnswer<T> {
  readonly data: readonly T[];
  readonly page: { readonly next: string | null };
}

export function readPage(_request: FastifyRequest): PageRequest {
  return { limit: 20 };
}

/** The {@link PageRequest} in the query parameters `limit` and `cursor`. */
export const PageOf = createParamDecorator((_: unknown, context: ExecutionContext) => readPage(context.switchToHttp().getRequest<FastifyRequest>()));

/** The answer made of `limit + 1` found rows: the extra one only tells that there is a next page. */
export function pageAnswer<D extends Readonly<Record<string, unknown>>>(page: PageRequest, found: readonly { readonly id: string; readonly document: D }[], orderField: string): PageAnswer<D>;
export function pageAnswer<D extends Readonly<Record<string, unknown>>, T>(
  page: PageRequest,
  found: readonly { readonly id: string; readonly document: D }[],
  orderField: string,
  show: (document: D, id: string) => T,
): PageAnswer<T>;
export function pageAnswer<D extends Readonly<Record<string, unknown>>>(
  page: PageRequest,
  found: readonly { readonly id: string; readonly document: D }[],
  orderField: string,
  show: (document: D, id: string) => unknown = (document) => document,
): PageAnswer<unknown> {
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  const next = found.length > page.limit && last !== undefined ? Buffer.from(JSON.stringify([last.document[orderField], last.id])).toString('base64url') : null;
  return { data: rows.map(({ document, id }) => show(document, id)), page: { next } };
}
