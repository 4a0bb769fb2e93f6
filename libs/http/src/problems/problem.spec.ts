import { BadRequestException, ForbiddenException, ImATeapotException, NotFoundException } from '@nestjs/common';
import { StoreUnavailable } from '@tillroll/event-store';
import { DomainError } from '@tillroll/kernel';
import { RevisionMismatch } from '@tillroll/processing';
import { problem } from './problem';
import { problemOfError } from './problem-of-error';

/** The contract with clients: a code's status never changes. */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'validation_failed idempotency_key_required',
  401: 'unauthenticated invalid_signature',
  402: 'payment_declined',
  403: 'forbidden',
  404: 'not_found product_not_found item_not_in_cart',
  405: 'method_not_allowed',
  409: 'already_exists insufficient_stock cart_changed cart_locked cart_empty invalid_transition order_not_cancelable order_not_payable refund_exceeds_captured idempotency_in_flight',
  412: 'version_mismatch',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'cart_full currency_mismatch total_too_large stock_below_zero purchase_limit_exceeded address_not_found amount_mismatch idempotency_key_reused',
  429: 'rate_limited',
  500: 'internal_error',
  503: 'not_caught_up gateway_unavailable service_unavailable',
};

const body = (code: string, data = {}) => JSON.parse(problem(code, data).body) as unknown;

describe('a problem', () => {
  it.each(Object.entries(STATUSES).flatMap(([status, codes]) => codes.split(' ').map((code) => [code, Number(status)] as const)))('%s is %i', (code, status) => {
    expect(problem(code).status).toBe(status);
    expect(body(code)).toMatchObject({ type: `urn:tillroll:problem:${code}`, status, code });
    expect(problem(code).body).toMatch(/"title":"[A-Z]/);
  });

  it('carries what explains it, which never hides what it is', () =>
    expect(body('insufficient_stock', { shortages: [1], status: 200, type: 'x', title: 'y', code: 'z' })).toEqual({
      shortages: [1],
      type: 'urn:tillroll:problem:insufficient_stock',
      title: 'Not enough is in stock',
      status: 409,
      code: 'insufficient_stock',
    }));

  it('says when to come again', () => {
    expect(problem('cart_locked', { retryAfterMs: 1200 })).toMatchObject({ headers: { 'retry-after': '2' } });
    expect(body('cart_locked', { retryAfterMs: 1200 })).toMatchObject({ retryAfterMs: 1200 });
    expect(problem('rate_limited', { retryAfterMs: 1 }).headers['retry-after']).toBe('1');
    expect(body('rate_limited', { retryAfterMs: 1 })).not.toHaveProperty('retryAfterMs');
    for (const code of ['not_caught_up', 'gateway_unavailable', 'service_unavailable', 'rate_limited']) expect(problem(code).headers['retry-after']).toMatch(/^\d+$/);
    expect(problem('cart_empty').headers['retry-after']).toBeUndefined();
  });

  it('says how to sign in, and what is allowed', () => {
    expect(problem('unauthenticated').headers['www-authenticate']).toBe('Bearer');
    expect(problem('unauthenticated', { tokenGiven: true }).headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(problem('method_not_allowed', { allow: ['GET', 'HEAD'] }).headers['allow']).toBe('GET, HEAD');
    for (const [code, data] of [['unauthenticated', { tokenGiven: true }], ['method_not_allowed', { allow: [] }]] as const) expect(Object.keys(body(code, data) as object)).toHaveLength(4);
  });
});

describe('an error', () => {
  const fastifyError = (code: string, statusCode: number) => Object.assign(new Error('inner words'), { code, statusCode, name: 'FastifyError' });

  it.each<[string, unknown, string, boolean]>([
    ['a refusal', new DomainError('cart_empty'), 'cart_empty', false],
    ['a refusal that nobody listed', new DomainError('odd'), 'odd', true],
    ['another revision', new RevisionMismatch(7), 'version_mismatch', false],
    ['a store that cannot write', new StoreUnavailable('disk full'), 'service_unavailable', true],
    ['a body that is too large', fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'payload_too_large', false],
    ['another content type', fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'unsupported_media_type', false],
    ['a broken address', fastifyError('FST_ERR_BAD_URL', 400), 'validation_failed', false],
    ['an overlong id', fastifyError('FST_ERR_MAX_PARAM_LENGTH', 414), 'not_found', false],
    ['any other fault of the client', fastifyError('FST_ERR_NEW', 418), 'validation_failed', false],
    ['a fault of the server', fastifyError('FST_ERR_NEW', 500), 'internal_error', true],
    ['Nest: bad request', new BadRequestException('x'), 'validation_failed', false],
    ['Nest: forbidden', new ForbiddenException(), 'forbidden', false],
    ['Nest: not found', new NotFoundException(), 'not_found', false],
    ['Nest: something else', new ImATeapotException(), 'validation_failed', false],
    ['a bug', new TypeError('x is undefined'), 'internal_error', true],
    ['something thrown', 'text', 'internal_error', true],
    ['nothing thrown', undefined, 'internal_error', true],
  ])('%s is told by its code', (_, error, code, fault) => {
    const answered = problemOfError(error);
    expect({ code: answered.code, fault: answered.fault }).toEqual({ code, fault });
    expect(answered.body).not.toMatch(/inner words|disk full|undefined/);
  });

  it('tells the present revision', () => expect(JSON.parse(problemOfError(new RevisionMismatch(7)).body)).toMatchObject({ currentRevision: 7 }));
});
