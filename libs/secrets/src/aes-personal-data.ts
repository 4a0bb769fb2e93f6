import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PersonalData, Sealed } from './personal-data';
import { SecretDestroyed, type SecretStore } from './port';

const CACHED_KEYS = 10_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Version 1: base64url of nonce, AES-256-GCM ciphertext of the JSON text, tag; the customer id is authenticated with it. */
const FORMAT = 'pd1.';

const keyName = (customerId: string): string => `personal/${customerId}`;

/** Personal data under one AES-256-GCM key per customer, kept in a {@link SecretStore}. */
export function createPersonalData(secrets: SecretStore): PersonalData {
  const keys = new LRUCache<string, Buffer>({ max: CACHED_KEYS });
  /** Customers whose key is being destroyed: a lookup that began before must not bring the key back into the cache. */
  const forgetting = new Set<string>();

  const cached = (customerId: string, key: Buffer): Buffer => {
    if (!forgetting.has(customerId)) keys.set(customerId, key);
    return key;
  };

  async function keyToSeal(customerId: string): Promise<Buffer> {
    const known = keys.get(customerId) ?? (await secrets.get(keyName(customerId)));
    try {
      return cached(customerId, known ?? (await secrets.putIfAbsent(keyName(customerId), randomBytes(KEY_BYTES))));
    } catch (error) {
      if (error instanceof SecretDestroyed) throw new TypeError(`customer ${customerId} is forgotten`);
      throw error;
    }
  }

  async function keyToUnseal(customerId: string): Promise<Buffer | undefined> {
    const known = keys.get(customerId);
    if (known !== undefined) return known;
    const kept = await secrets.get(keyName(customerId));
    return kept === undefined ? undefined : cached(customerId, kept);
  }

  return {
    async seal(customerId, value) {
      const text = JSON.stringify(value);
      if (text === undefined) throw new TypeError('not a JSON value');
      return encrypt(await keyToSeal(customerId), customerId, text);
    },

    async unseal<T>(customerId: string, sealed: Sealed) {
      const key = await keyToUnseal(customerId);
      return key === undefined ? undefined : (JSON.parse(decrypt(key, customerId, sealed)) as T);
    },

    async forget(customerId) {
      forgetting.add(customerId);
      keys.delete(customerId);
      try {
        await secrets.destroy(keyName(customerId));
      } finally {
        forgetting.delete(customerId);
      }
    },
  };
}

function encrypt(key: Buffer, customerId: string, text: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(customerId));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return FORMAT + sealed.toString('base64url');
}

/** Throws when the text was not sealed with this key for this customer. */
function decrypt(key: Buffer, customerId: string, sealed: Sealed): string {
  const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url');
  if (!sealed.startsWith(FORMAT) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('not sealed personal data');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(customerId))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
