import { type ProblemCode, isProblemCode } from '../problems/problem-codes';
import { isWrite } from '../routes/route-marks';
import type { RoutePlan } from '../routes/route-plan';

const when = (condition: boolean, ...codes: readonly ProblemCode[]): readonly ProblemCode[] => (condition ? codes : []);

/** Every problem that a route may answer with: those that follow from what it is, and those that it names. Sorted. */
export function problemsOf(plan: RoutePlan, method: string): readonly ProblemCode[] {
  const writes = isWrite(method, plan);
  const { access } = plan;
  const isSignedIn = access !== 'anyone' && access !== 'own';
  const codes = new Set<ProblemCode>([
    'service_unavailable',
    ...when(plan.limit !== 'none', 'rate_limited'),
    ...when(access !== 'own', 'unauthenticated'),
    ...when(Array.isArray(access), 'forbidden'),
    ...when(plan.body !== undefined, 'validation_failed', 'payload_too_large', 'unsupported_media_type'),
    ...when(plan.isPaged || plan.query !== undefined || plan.queryParameters.length > 0, 'validation_failed'),
    ...when(Object.keys(plan.pathIds).length > 0, 'not_found'),
    ...when(writes && isSignedIn, 'idempotency_in_flight', 'idempotency_key_reused', 'validation_failed'),
    ...when(plan.idempotencyKey === 'required', 'idempotency_key_required'),
    ...when(!writes, 'validation_failed'),
    ...when(!writes && plan.immediate !== true, 'not_caught_up'),
    ...(plan.problems ?? []).filter(isProblemCode),
  ]);
  return [...codes].sort();
}
