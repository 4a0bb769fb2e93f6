import { HttpException } from '@nestjs/common';
import { StoreUnavailable } from '@tillroll/event-store';
import { DomainError } from '@tillroll/kernel';
import { RevisionMismatch } from '@tillroll/processing';
import { type Problem, problem } from './problem';
import { type ProblemCode, isProblemCode } from './problem-codes';

/** How an error is answered; `fault` tells that it was the shop's and not the client's. */
export interface AnsweredError extends Problem {
  readonly fault: boolean;
}

const answered = (code: string, data?: Readonly<Record<string, unknown>>): AnsweredError => {
  const document = problem(code, data);
  return { ...document, fault: document.status === 500 || !isProblemCode(code) };
};

const malformed = (where: { readonly pointer?: string; readonly parameter?: string }, message: string): AnsweredError =>
  answered('validation_failed', { errors: [{ ...where, code: 'malformed', message }] });

/** Fastify's own errors, by code. */
const OF_FASTIFY: Readonly<Record<string, () => AnsweredError>> = {
  FST_ERR_BAD_URL: () => malformed({ parameter: 'path' }, 'the address is not percent-encoded UTF-8'),
  FST_ERR_MAX_PARAM_LENGTH: () => answered('not_found'),
  FST_ERR_NOT_FOUND: () => answered('not_found'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => answered('payload_too_large'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => answered('unsupported_media_type'),
  FST_ERR_CTP_EMPTY_TYPE: () => answered('unsupported_media_type'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => malformed({ pointer: '' }, 'the body is not as long as Content-Length says'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => malformed({ pointer: '' }, 'the body is empty'),
};

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  408: 'request_timeout',
  409: 'conflict',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'service_unavailable',
};

const ofStatus = (status: number): AnsweredError | undefined => {
  const code = BY_STATUS[status];
  if (code === undefined) return status >= 400 && status < 500 ? malformed({ pointer: '' }, 'the request cannot be understood') : undefined;
  return code === 'validation_failed' ? malformed({ pointer: '' }, 'the request cannot be understood') : answered(code);
};

const codeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

const statusOf = (error: unknown): number | undefined => {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
};

/** The one mapping of errors to problem documents. What is not known here is an `internal_error` that tells nothing. */
export function problemOfError(error: unknown): AnsweredError {
  if (error instanceof DomainError) return answered(error.code, error.data);
  if (error instanceof RevisionMismatch) return answered('version_mismatch', { currentRevision: error.currentRevision });
  if (error instanceof StoreUnavailable) return { ...answered('service_unavailable'), fault: true };
  if (error instanceof HttpException) return ofStatus(error.getStatus()) ?? answered('internal_error');
  const code = codeOf(error);
  const ofFastify = code === undefined ? undefined : OF_FASTIFY[code];
  if (ofFastify !== undefined) return ofFastify();
  const status = statusOf(error);
  return (status === undefined ? undefined : ofStatus(status)) ?? answered('internal_error');
}
