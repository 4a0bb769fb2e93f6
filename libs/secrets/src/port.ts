/**
 * Small secrets that the shop makes up and keeps: signing keys, webhook secrets, one key per customer for personal data.
 * Not events: destroying one must leave nothing behind.
 */
export interface SecretStore {
  /** Undefined when there never was one, and when it was destroyed. */
  get(name: string): Promise<Buffer | undefined>;
  /**
   * Keeps `value` unless there is one already; resolves with the one that is kept, once it is durable.
   * Rejects with {@link SecretDestroyed} for a name that was destroyed: names are not used again.
   */
  putIfAbsent(name: string, value: Buffer): Promise<Buffer>;
  /** Resolves once no byte of it is left in the files. Idempotent; a name that never had a secret can have none from then on. */
  destroy(name: string): Promise<void>;
}
export const SECRETS = Symbol('SecretStore');

/** The name had a secret that was destroyed. */
export class SecretDestroyed extends Error {
  override readonly name = 'SecretDestroyed';
  constructor(readonly secret: string) {
    super(`the secret ${secret} was destroyed`);
  }
}
