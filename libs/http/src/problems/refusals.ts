import { DomainError } from '@tillroll/kernel';

/** One fault of a request: where (a JSON pointer into the body, or a parameter's name), what kind, and in words. */
export interface Fault {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly code: string;
  readonly message: string;
}

/** Refuses as a resource that does not exist, and one of somebody else, is refused. */
export function notFound(): never {
  throw new DomainError('not_found');
}

/** Refuses with `validation_failed` (400) and the list of faults. */
export function invalid(...errors: readonly Fault[]): never {
  throw new DomainError('validation_failed', { errors });
}
