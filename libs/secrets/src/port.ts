/**
 * Small secrets that the shop makes up and keeps: signing keys, webhook secrets, one key per customer for personal data.
 * Not events: destroying one must leave nothing behind.
 */
export interface SecretStore {
  get(name: string): Promise<Buffer | undefined>;
  /** Keeps `value` unless there is one already; resolves with the one that is kept, once it is durable. */
  putIfAbsent(name: string, value: Buffer): Promise<Buffer>;
  /** Resolves once no byte of it is left in the files. */
  destroy(name: string): Promise<void>;
}
export const SECRETS = Symbol('SecretStore');
