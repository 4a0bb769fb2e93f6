import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const PREFIX = 'whsec_';

/** The key of a secret in the form of Standard Webhooks, `whsec_<base64>`. Throws a `TypeError` for any other text. */
export function webhookKey(secret: string): KeyObject {
  const bytes = Buffer.from(secret.slice(PREFIX.length), 'base64');
  if (!secret.startsWith(PREFIX) || bytes.length < 16) throw new TypeError('a webhook secret is whsec_ and at least 16 bytes in base64');
  return createSecretKey(bytes);
}

/** The headers of one delivery attempt (Standard Webhooks). `timestamp`: of the attempt, in seconds. */
export function webhookHeaders(key: KeyObject, id: string, timestamp: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
