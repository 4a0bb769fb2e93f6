import { randomBytes } from 'node:crypto';
import { uuid5 } from '@tillroll/kernel';
import type { Aggregates } from '@tillroll/processing';
import { Webhook } from 'standardwebhooks';
import { ALL_ENDPOINTS, deliveryType, endpointsType } from '../notices-types';
import { type HookServer, startHookServer } from '../testing/hook-server';
import { NoticesPlace } from '../testing/notices-place';
import { ATTEMPT_LEASE_MS, type Errand } from '../write/delivery';
import { Deliverer } from './deliverer';
import { endpointSecretName, shownSecret, webhookChannel } from './webhook-channel';

const errand = (name: string, endpointId: string): Errand => ({
  deliveryId: uuid5('delivery', name), channel: 'webhook', recipient: endpointId, eventId: uuid5('event', name), eventType: 'order-confirmed',
  correlationId: uuid5('request', name), content: { type: 'order-confirmed', timestamp: '2030-01-01T12:00:00.000Z', data: { name } },
});

describe('the deliverer', () => {
  let place: NoticesPlace;
  let server: HookServer;
  let aggregates: Aggregates;
  let deliverer: Deliverer;

  beforeEach(async () => {
    [place, server] = [new NoticesPlace(), await startHookServer()];
    [aggregates, deliverer] = startProcess();
  });

  afterEach(async () => {
    await deliverer.close();
    await server.close();
    await place.close();
  });

  function startProcess(): [Aggregates, Deliverer] {
    const fresh = place.startProcess();
    const webhook = webhookChannel({
      endpointOf: async (endpointId) => (await fresh.load(endpointsType, ALL_ENDPOINTS)).state.get(endpointId),
      secrets: place.secrets,
      clock: place.clock,
      allowPrivate: true,
    });
    return [fresh, new Deliverer({ aggregates: fresh, clock: place.clock, channels: { webhook } })];
  }

  async function register(path: string): Promise<string> {
    const endpointId = uuid5('endpoint', path);
    await place.secrets.putIfAbsent(endpointSecretName(endpointId), randomBytes(32));
    const endpoint = { endpointId, url: `${server.origin}${path}`, types: ['order-confirmed'], after: 0 };
    await aggregates.execute(endpointsType, ALL_ENDPOINTS, { type: 'RegisterEndpoint', ...endpoint }, place.cause());
    return endpointId;
  }

  async function schedule(one: Errand): Promise<void> {
    await aggregates.execute(deliveryType, one.deliveryId, { type: 'ScheduleDelivery', at: place.now, ...one }, place.cause());
    deliverer.begin(one);
  }

  it('delivers once, and writes that down', async () => {
    const one = errand('one', await register('/hook'));
    await schedule(one);
    deliverer.begin(one);
    await place.deliveryOnce(aggregates, one.deliveryId, ({ status }) => status === 'succeeded');
    deliverer.begin(one);
    await deliverer.close();
    expect(server.received).toHaveLength(1);
    expect(await place.eventsOf(`delivery-${one.deliveryId}`)).toEqual(['DeliveryScheduled', 'DeliverySucceeded']);
    const secret = shownSecret((await place.secrets.get(endpointSecretName(one.recipient))) ?? Buffer.alloc(0));
    const [hook] = server.received;
    expect(hook?.headers['webhook-id']).toBe(one.eventId);
    expect(hook?.headers['webhook-signature']).toBe(new Webhook(secret).sign(one.eventId, new Date(place.now), hook?.body ?? ''));
  });

  it('tries again later when it was not taken, with the same message id', async () => {
    const one = errand('one', await register('/hook'));
    server.answerWith((response) => response.writeHead(503).end());
    await schedule(one);
    await place.deliveryOnce(aggregates, one.deliveryId, (delivery) => delivery.status === 'pending' && delivery.failures === 1);
    server.answerWith((response) => response.writeHead(200).end());
    place.now += 5_000;
    await aggregates.execute(deliveryType, one.deliveryId, { type: 'BeginAttempt', at: place.now }, place.cause());
    deliverer.begin(one);
    await place.deliveryOnce(aggregates, one.deliveryId, ({ status }) => status === 'succeeded');
    expect(server.received.map(({ headers }) => headers['webhook-id'])).toEqual([one.eventId, one.eventId]);
  });

  it('does not let an endpoint that hangs hold up another', async () => {
    const [hanging, quick] = [await register('/hanging'), await register('/quick')];
    server.answerWith((response, { path }) => void (path === '/quick' && response.writeHead(204).end()));
    for (let n = 0; n < 10; n++) await schedule(errand(`hanging ${n}`, hanging));
    const one = errand('quick', quick);
    await schedule(one);
    await place.deliveryOnce(aggregates, one.deliveryId, ({ status }) => status === 'succeeded');
    expect(server.received.filter(({ path }) => path === '/hanging').length).toBeLessThanOrEqual(4);
  });

  it('attempts again after a crash that swallowed the answer, once the lease has ended', async () => {
    const one = errand('one', await register('/hook'));
    server.answerWith(() => undefined);
    await schedule(one);
    await server.hook(0);
    await deliverer.close();
    server.answerWith((response) => response.writeHead(204).end());
    [aggregates, deliverer] = startProcess();
    place.now += ATTEMPT_LEASE_MS;
    await aggregates.execute(deliveryType, one.deliveryId, { type: 'BeginAttempt', at: place.now }, place.cause());
    deliverer.begin(one);
    await place.deliveryOnce(aggregates, one.deliveryId, ({ status }) => status === 'succeeded');
    expect(server.received.map(({ headers }) => headers['webhook-id'])).toEqual([one.eventId, one.eventId]);
  });

  it('gives up on an endpoint that was removed, and on a channel that is off', async () => {
    const one = errand('one', uuid5('endpoint', 'gone'));
    const two: Errand = { ...errand('two', uuid5('customer', 'zoe')), channel: 'mail' };
    await schedule(one);
    await schedule(two);
    for (const { deliveryId } of [one, two]) await place.deliveryOnce(aggregates, deliveryId, ({ status }) => status === 'failed');
    expect(server.received).toHaveLength(0);
  });
});
