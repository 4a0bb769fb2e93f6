import { systemClock } from '@tillroll/kernel';
import type { SecretStore } from '@tillroll/secrets';
import { VirtualClock } from '@tillroll/testing';
import { Webhook } from 'standardwebhooks';
import { type HookServer, startHookServer } from '../testing/hook-server';
import type { ScheduledDelivery } from '../write/delivery';
import type { Address } from './public-address';
import { shownSecret, webhookChannel, type WebhookChannelOptions } from './webhook-channel';

const secret = Buffer.alloc(32, 7);
const secrets: SecretStore = { get: async () => secret, putIfAbsent: async (_, value) => value, destroy: async () => undefined };
const delivery: ScheduledDelivery = {
  deliveryId: 'd1', channel: 'webhook', recipient: 'e1', eventId: 'msg-1', eventType: 'order-confirmed', correlationId: 'c1',
  content: { type: 'order-confirmed', timestamp: '2030-01-01T12:00:00.000Z', data: { orderId: 'o1', name: 'Zoë' } },
  status: 'pending', failures: 0, nextAttemptAt: 0,
};

describe('the webhook channel', () => {
  let server: HookServer;

  beforeEach(async () => {
    server = await startHookServer();
  });

  afterEach(() => server.close());

  const attempt = (url: string, options: Partial<WebhookChannelOptions> = {}, signal = new AbortController().signal) =>
    webhookChannel({
      endpointOf: async () => ({ endpointId: 'e1', url, types: [], after: 0 }),
      secrets,
      clock: systemClock,
      allowPrivate: true,
      ...options,
    }).attempt(delivery, signal);

  it('posts what a receiver can verify', async () => {
    expect(await attempt(`${server.origin}/hook?shop=1`)).toEqual({ taken: true, responseStatus: 204 });
    const { path, headers, body } = await server.hook(0);
    expect(path).toBe('/hook?shop=1');
    expect(headers['webhook-id']).toBe('msg-1');
    expect(new Webhook(shownSecret(secret)).verify(body, headers as Record<string, string>)).toEqual(delivery.content);
  });

  it('takes anything but 2xx for a failure, and follows no redirect', async () => {
    server.answerWith((response) => response.writeHead(302, { location: `${server.origin}/elsewhere` }).end());
    expect(await attempt(`${server.origin}/hook`)).toEqual({ taken: false, reason: 'redirect', responseStatus: 302 });
    expect(server.received).toHaveLength(1);
    server.answerWith((response) => response.writeHead(500).end('out of order'));
    expect(await attempt(`${server.origin}/hook`)).toEqual({ taken: false, reason: 'status', responseStatus: 500 });
  });

  it('does not read an endless answer', async () => {
    server.answerWith((response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      response.on('error', () => undefined);
      more();
    });
    expect(await attempt(`${server.origin}/hook`)).toEqual({ taken: true, responseStatus: 200 });
  });

  it('gives up on an endpoint that does not answer', async () => {
    const clock = new VirtualClock();
    server.answerWith(() => undefined);
    const outcome = attempt(`${server.origin}/hook`, { clock, timeoutMs: 10_000 });
    await server.hook(0);
    await clock.advance(10_000);
    expect(await outcome).toEqual({ taken: false, reason: 'timeout' });
  });

  it('knows nothing when it is stopped', async () => {
    const stopped = new AbortController();
    server.answerWith(() => undefined);
    const outcome = attempt(`${server.origin}/hook`, {}, stopped.signal);
    await server.hook(0);
    stopped.abort(new Error('stopping'));
    await expect(outcome).rejects.toThrow('stopping');
  });

  it('says when nobody listens, or the name means nothing', async () => {
    expect(await attempt('http://127.0.0.1:1/')).toEqual({ taken: false, reason: 'connection_failed' });
    const unknown = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    expect(await attempt('http://hooks.example/', { resolve: unknown })).toEqual({ taken: false, reason: 'name_not_resolved' });
  });

  it('gives up for good on an endpoint that was removed', async () =>
    expect(await attempt(server.origin, { endpointOf: async () => undefined })).toEqual({ taken: false, reason: 'endpoint_removed', permanent: true }));

  it('sends nothing to a private address, however it is written or resolved', async () => {
    const { port } = new URL(server.origin);
    const privately: Partial<WebhookChannelOptions> = { allowPrivate: false, resolve: async () => [{ address: '127.0.0.1', family: 4 }] };
    for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'localhost', 'hooks.example'])
      expect(await attempt(`http://${host}:${port}/`, privately)).toEqual({ taken: false, reason: 'address_not_public' });
    const mixed: readonly Address[] = [{ address: '93.184.215.14', family: 4 }, { address: '10.0.0.1', family: 4 }];
    expect(await attempt(`http://hooks.example:${port}/`, { ...privately, resolve: async () => mixed })).toEqual({ taken: false, reason: 'address_not_public' });
    expect(server.received).toHaveLength(0);
  });

  it('connects to the address that was checked, and asks no resolver again', async () => {
    const { port } = new URL(server.origin);
    let asked = 0;
    const resolve = async () => (asked++, [{ address: '127.0.0.1', family: 4 }]);
    expect(await attempt(`http://rebound.example:${port}/`, { resolve })).toEqual({ taken: true, responseStatus: 204 });
    expect(asked).toBe(1);
    expect(server.received[0]?.headers.host).toBe(`rebound.example:${port}`);
  });
});
