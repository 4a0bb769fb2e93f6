import { markRoute } from '../routes/route-marks';

/** A request without `Idempotency-Key` is refused with `idempotency_key_required`. */
export const IdempotencyKeyRequired = (): MethodDecorator => markRoute({ idempotencyKey: 'required' });
