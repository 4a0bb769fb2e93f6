/** What a client got, and gets again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One use of a key. */
export interface KeyUse {
  /** Derived from caller, method, path and key: the id of the command too. */
  readonly id: string;
  readonly customerId: string;
  /** Tells one body from another. */
  readonly fingerprint: string;
}

export type Begun =
  /** Go on. Also after a crash or a failure that left no answer: the command's own memory then finds its first outcome. */
  | { readonly state: 'new' }
  /** The first request still runs. */
  | { readonly state: 'in_flight' }
  /** The key was used with another body. */
  | { readonly state: 'reused' }
  | { readonly state: 'finished'; readonly answer: StoredAnswer };

/**
 * Remembers for seven days which idempotency keys were used and what was answered. Whoever begins a use ends it with
 * `finish`, `forget` or `leaveOpen`.
 */
export interface IdempotencyRecords {
  begin(use: KeyUse): Begun | Promise<Begun>;
  /**
   * Keeps the answer. From the call on it is what `begin` finds; resolves true when that is durable, and false when the
   * store cannot write: a later use is then `new`.
   */
  finish(use: KeyUse, answer: StoredAnswer): Promise<boolean>;
  /** The request ended before its command ran, or was refused for a while: the key may be used again, with any body. */
  forget(use: KeyUse): void;
  /** Nobody knows how it ended: the key may be used again, with the same body. */
  leaveOpen(use: KeyUse): void;
  /** Forgets what is older than seven days, now and then, until {@link stop}. */
  start(): void;
  stop(): void;
}

export const IDEMPOTENCY_RECORDS = Symbol('IdempotencyRecords');
