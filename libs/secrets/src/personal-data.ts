/** Opaque text: what is sealed inside can be read only while the customer's key exists. Safe in events and documents. */
export type Sealed = string;

/** Encrypts personal data per customer (AES-256-GCM, key `personal/<customerId>`), so that forgetting is destroying one key. */
export interface PersonalData {
  /** Creates the customer's key when there is none; refuses with `TypeError` for a forgotten customer. */
  seal(customerId: string, value: unknown): Promise<Sealed>;
  /** Undefined once the customer is forgotten. Throws when the text was tampered with. */
  unseal<T>(customerId: string, sealed: Sealed): Promise<T | undefined>;
  /** Destroys the key. Idempotent. */
  forget(customerId: string): Promise<void>;
}

/** Keeps keys in memory. */
export interface CachedPersonalData extends PersonalData {
  /** Forgets the key here: another process has destroyed it. */
  drop(customerId: string): void;
}

export const PERSONAL_DATA = Symbol('PersonalData');
