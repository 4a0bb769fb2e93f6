import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '@tillroll/kernel';
import { InvalidSignature, type WebhookHeaders } from './port';

const PREFIX = 'whsec_';
/** How far a message's time may be from ours, in either direction. */
const TOLERANCE_S = 5 * 60;

/**
 * Checks messages signed as Standard Webhooks says (https://www.standardwebhooks.com): any one `v1` signature of the
 * header may match, so that a provider can change its secret. Returns the id, which is the same in every delivery of a
 * message. The package `standardwebhooks` is not used because it reads the machine's clock instead of ours.
 */
export function standardWebhookVerifier(secret: string): (headers: WebhookHeaders, rawBody: Buffer, now: EpochMs) => string {
  const bytes = Buffer.from(secret.slice(PREFIX.length), 'base64');
  if (!secret.startsWith(PREFIX) || bytes.length === 0) throw new TypeError('a webhook secret is whsec_<base64>');
  const key = createSecretKey(bytes);
  return (headers, rawBody, now) => {
    const id = header(headers, 'webhook-id');
    const timestamp = header(headers, 'webhook-timestamp');
    refuseUnlessRecent(timestamp, now);
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
    const given = header(headers, 'webhook-signature').split(' ');
    if (!given.some((signature) => matches(signature, expected))) throw new InvalidSignature('no signature matches');
    return id;
  };
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw new InvalidSignature(`${name} is missing`);
  return value;
}

function refuseUnlessRecent(timestamp: string, now: EpochMs): void {
  if (!/^\d{1,12}$/.test(timestamp)) throw new InvalidSignature('webhook-timestamp is no time');
  if (Math.abs(Number(timestamp) - Math.floor(now / 1000)) > TOLERANCE_S) throw new InvalidSignature('webhook-timestamp is too far from now');
}

function matches(signature: string, expected: Buffer): boolean {
  const encoded = /^v1,(.*)$/.exec(signature)?.[1];
  if (encoded === undefined) return false;
  const given = Buffer.from(encoded, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
