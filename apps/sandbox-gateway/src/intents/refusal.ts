import type { Intent } from './intent';

export type RefusalCode =
  | 'invalid_request'
  | 'unsupported_method'
  | 'idempotency_key_required'
  | 'idempotency_key_reused'
  | 'not_found'
  | 'not_capturable'
  | 'not_cancelable'
  | 'refund_exceeds_captured';

/** The provider did not do it and will not. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: RefusalCode,
    message: string,
    /** How the intent stands instead. */
    readonly intent?: Intent,
  ) {
    super(message);
  }
}
