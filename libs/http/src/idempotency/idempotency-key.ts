import { DomainError } from '@tillroll/kernel';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../problems/refusals';
import { markRoute } from '../routes/route-marks';

/** A request without `Idempotency-Key` is refused with `idempotency_key_required`. */
export const IdempotencyKeyRequired = (): MethodDecorator => markRoute({ idempotencyKey: 'required' });

const KEY = /^[\u0020-\u007e]{1,255}$/;

/** The request's key; refuses one that is malformed, and a missing one where it is required. */
export function readIdempotencyKey({ headers }: FastifyRequest, isRequired: boolean): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') {
    if (isRequired) throw new DomainError('idempotency_key_required');
    return key === '' ? malformed() : undefined;
  }
  return typeof key === 'string' && KEY.test(key) ? key : malformed();
}

const malformed = (): never => invalid({ parameter: 'Idempotency-Key', code: 'malformed', message: 'must be 1 to 255 printable ASCII characters' });
