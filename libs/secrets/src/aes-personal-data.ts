import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CachedPersonalData, Sealed } from './personal-data';
import { SecretDestroyed, type SecretStore } from './port';

const CACHED_KEYS = 10_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Version 1: base64url of nonce, AES-256-GCM ciphertext of the JSON text, tag; the customer id is authenticated with it. */
const FORMAT = 'pd1.';

export const isSealed = (text: unknown): text is Sealed => typeof text === 'string' && text.startsWith(FORMAT);

const keyName = (customerId: string): string => `personal/${customerId}`;

/** Personal data under one AES-256-GCM key per customer, kept in a {@link SecretStore}. */
export function createPersonalData(secrets: SecretStore): CachedPersonalData {
  /** Ready for use: made of bytes anew for each use, a key costs more than the encryption. */
  const keys = new LRUCache<string, KeyObject>({ max: CACHED_KEYS });
  /** Counts ends of keys: a lookup during which one ended must not bring it back into the cache. */
  let ends = 0;

  async function lookUp(customerId: string, find: () => Promise<Buffer | undefined>): Promise<KeyObject | undefined> {
    const known = keys.get(customerId);
    if (known !== undefined) return known;
    const before = ends;
    const found = await find();
    if (found === undefined) return undefined;
    const key = createSecretKey(found);
    if (ends === before) keys.set(customerId, key);
    return key;
  }

  async function kept(customerId: string): Promise<Buffer | undefined> {
    const name = keyName(customerId);
    try {
      return (await secrets.get(name)) ?? (await secrets.putIfAbsent(name, randomBytes(KEY_BYTES)));
    } catch (error) {
      if (error instanceof SecretDestroyed) return undefined;
      throw error;
    }
  }

  return {
    async seal(customerId, value) {
      const text = JSON.stringify(value);
      if (text === undefined) throw new TypeError('not a JSON value');
      const key = await lookUp(customerId, () => kept(customerId));
      if (key === undefined) throw new TypeError(`customer ${customerId} is forgotten`);
      return encrypt(key, customerId, text);
    },

    async unseal<T>(customerId: string, sealed: Sealed) {
      const key = await lookUp(customerId, () => secrets.get(keyName(customerId)));
      return key === undefined ? undefined : (JSON.parse(decrypt(key, customerId, sealed)) as T);
    },

    async forget(customerId) {
      await secrets.destroy(keyName(customerId));
      this.drop(customerId);
    },

    drop(customerId) {
      ends++;
      keys.delete(customerId);
    },
  };
}

function encrypt(key: KeyObject, customerId: string, text: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(customerId));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return FORMAT + sealed.toString('base64url');
}

/** Throws when the text was not sealed with this key for this customer. */
function decrypt(key: KeyObject, customerId: string, sealed: Sealed): string {
  const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url');
  if (!sealed.startsWith(FORMAT) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('not sealed personal data');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(customerId))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
