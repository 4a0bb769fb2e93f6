import { type LookupFunction } from 'node:net';
import type { Clock } from '@tillroll/kernel';
import type { SecretStore } from '@tillroll/secrets';
import { Webhook } from 'standardwebhooks';
import { Client } from 'undici';
import type { ScheduledDelivery } from '../write/delivery';
import type { Endpoint } from '../write/endpoints';
import type { AttemptOutcome, DeliveryChannel } from './delivery-channel';
import { type Address, addressesOf, isPublic, type Resolve, resolveWithSystem } from './public-address';

export interface WebhookChannelOptions {
  readonly endpointOf: (endpointId: string) => Promise<Endpoint | undefined>;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
  /** For the whole attempt. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const MOST_OF_AN_ANSWER = 16 * 1024;

export const endpointSecretName = (endpointId: string): string => `webhook-endpoint/${endpointId}`;

/** `whsec_<base64>`, as Standard Webhooks writes secrets. */
export const shownSecret = (secret: Buffer): string => `whsec_${secret.toString('base64')}`;

/**
 * Posts to endpoints, signed anew for each attempt (Standard Webhooks). Connects to the very address that was found to
 * be public, follows no redirect, and reads no more of the answer than it has to.
 */
export function webhookChannel(options: WebhookChannelOptions): DeliveryChannel {
  const { endpointOf, secrets, clock, allowPrivate, resolve = resolveWithSystem, timeoutMs = TIMEOUT_MS } = options;

  async function attempt(delivery: ScheduledDelivery, signal: AbortSignal): Promise<AttemptOutcome> {
    const endpoint = await endpointOf(delivery.recipient);
    const secret = await secrets.get(endpointSecretName(delivery.recipient));
    if (endpoint === undefined || secret === undefined) return { taken: false, reason: 'endpoint_removed', permanent: true };
    const url = new URL(endpoint.url);
    const timeout = new AbortController();
    const cancel = clock.wakeAt(clock.now() + timeoutMs, () => timeout.abort(new Error('timeout')));
    const ended = AbortSignal.any([signal, timeout.signal]);
    try {
      const addresses = await untilAborted(addressesOf(url, resolve), ended);
      if (!allowPrivate && !addresses.every(({ address }) => isPublic(address))) return { taken: false, reason: 'address_not_public' };
      return await post(url, addresses, signed(delivery, secret), ended);
    } catch (error) {
      signal.throwIfAborted();
      return { taken: false, reason: timeout.signal.aborted ? 'timeout' : reasonOf(error) };
    } finally {
      cancel();
    }
  }

  function signed({ eventId, content }: ScheduledDelivery, secret: Buffer) {
    const body = JSON.stringify(content);
    const time = new Date(clock.now());
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Tillroll',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
      'webhook-signature': new Webhook(shownSecret(secret)).sign(eventId, time, body),
    };
    return { body, headers };
  }

  return { attempt, close: () => Promise.resolve() };
}

async function post(
  url: URL,
  addresses: readonly Address[],
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const client = new Client(url.origin, { pipelining: 1, connect: { lookup: pinned(addresses) } });
  try {
    const { statusCode, body: answer } = await client.request({ method: 'POST', path: url.pathname + url.search, headers, body, signal });
    answer.on('error', () => undefined);
    await answer.dump({ limit: MOST_OF_AN_ANSWER, signal }).catch(() => undefined);
    if (statusCode >= 200 && statusCode < 300) return { taken: true, responseStatus: statusCode };
    return { taken: false, reason: statusCode >= 300 && statusCode < 400 ? 'redirect' : 'status', responseStatus: statusCode };
  } finally {
    client.destroy(() => undefined);
  }
}

/** Answers with the addresses that were checked, whatever the name means by now. */
const pinned =
  (addresses: readonly Address[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else if (first === undefined) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
    else callback(null, first.address, first.family);
  };

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

const DNS_FAILURES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA']);

function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && DNS_FAILURES.has(code) ? 'name_not_resolved' : 'connection_failed';
}
