import { type ProblemCode, type ProblemKind, isProblemCode, kindOf, problemType } from './problem-codes';

/** A problem document (RFC 9457) and the headers that go with it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Data = Readonly<Record<string, unknown>>;

/** A refusal whose code nobody put into the table: an oversight to be logged, and still no fault of the shop's. */
const UNLISTED: ProblemKind = { status: 422, title: 'The request was refused' };

const retryAfter = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)));

function headersOf(code: string, kind: ProblemKind, data: Data): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (typeof data['retryAfterMs'] === 'number') headers['retry-after'] = retryAfter(data['retryAfterMs']);
  else if (kind.retryAfterSeconds !== undefined) headers['retry-after'] = String(kind.retryAfterSeconds);
  if (code === 'unauthenticated') headers['www-authenticate'] = data['tokenGiven'] === true ? 'Bearer error="invalid_token"' : 'Bearer';
  if (code === 'method_not_allowed' && Array.isArray(data['allow'])) headers['allow'] = data['allow'].join(', ');
  return headers;
}

/** Data that is told in a header, and is no field of the document. */
const TOLD_IN_HEADERS: Readonly<Record<string, readonly string[]>> = {
  unauthenticated: ['tokenGiven'],
  method_not_allowed: ['allow'],
  rate_limited: ['retryAfterMs'],
};

/** The document of a code and the data that explains it. */
export function problem(code: ProblemCode | (string & {}), data: Data = {}): Problem {
  const kind = isProblemCode(code) ? kindOf(code) : UNLISTED;
  const fields: Record<string, unknown> = { ...data };
  for (const name of TOLD_IN_HEADERS[code] ?? []) delete fields[name];
  const body = JSON.stringify({ ...fields, type: problemType(code), title: kind.title, status: kind.status, code });
  return { status: kind.status, code, headers: headersOf(code, kind, data), body };
}
