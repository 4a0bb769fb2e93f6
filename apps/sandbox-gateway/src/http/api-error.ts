import type { FastifyReply } from 'fastify';
import { intentJson } from '../intents/intent-json';
import { Refusal, type RefusalCode } from '../intents/refusal';

type ErrorCode = RefusalCode | 'unauthorized' | 'payment_declined' | 'internal_error' | 'payload_too_large' | 'unsupported_media_type';

const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  unsupported_method: 400,
  idempotency_key_required: 400,
  unauthorized: 401,
  payment_declined: 402,
  not_found: 404,
  not_capturable: 409,
  not_cancelable: 409,
  refund_exceeds_captured: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  internal_error: 500,
};

/** The error form of this provider: `{error: {code, message, …}}`, and how the intent stands instead. */
export function sendError(
  reply: FastifyReply,
  code: ErrorCode,
  message: string,
  more: { readonly reasonCode?: string; readonly intent?: unknown } = {},
): FastifyReply {
  const { reasonCode, intent } = more;
  return reply.code(statusOf[code]).send({
    error: { code, message, ...(reasonCode === undefined ? {} : { reasonCode }) },
    ...(intent === undefined ? {} : { intent }),
  });
}

/** Every failure becomes an answer that shows nothing of the inside. */
export function sendFailure(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) {
    const { code, message, intent } = error;
    return sendError(reply, code, message, intent === undefined ? {} : { intent: intentJson(intent) });
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return sendError(reply, 'payload_too_large', 'the request body is too large');
  if (status === 415) return sendError(reply, 'unsupported_media_type', 'the content type is not supported here');
  if (status === 400) return sendError(reply, 'invalid_request', 'the request cannot be read');
  return sendError(reply, 'internal_error', 'something went wrong; repeat the request with the same idempotency key');
}
