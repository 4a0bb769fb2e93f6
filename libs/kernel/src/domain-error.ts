/** A refusal that is part of the domain: a stable `code` and the data that explains it. Never a bug. */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
    this.name = 'DomainError';
  }
}

/** Throws a {@link DomainError}; for use where an expression is wanted. */
export function refuse(code: string, data: Readonly<Record<string, unknown>> = {}): never {
  throw new DomainError(code, data);
}

/** Proves to the compiler that every case is handled. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`);
}
