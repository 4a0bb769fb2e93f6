import { randomUUID } from 'node:crypto';
import { type SandboxWithReceiver, sandboxWithReceiver } from './sandbox-with-receiver';

jest.setTimeout(60_000);

const wellBehaved = { delayMs: 0, duplicate: 0, drop: 0, reorder: 0, errorRate: 0, hangRate: 0 };

describe('chaos', () => {
  let running: SandboxWithReceiver;
  beforeEach(async () => {
    running = await sandboxWithReceiver();
  });
  afterEach(() => running.close());

  const ids = () => running.receiver.deliveries.map(({ data }) => data.id);
  const of = (id: string) => (delivery: { readonly data: Readonly<Record<string, unknown>> }) => delivery.data.id === id;
  async function pay(): Promise<string> {
    return (await running.client.createIntent('card_ok')).json.id;
  }

  describe('settings', () => {
    it('are replaced as a whole, and what is left out is off', async () => {
      expect((await running.client.get('/v1/chaos')).json).toEqual(wellBehaved);
      const set = await running.client.setChaos({ delayMs: 5, drop: 0.5 });
      expect([set.status, set.json]).toEqual([200, { ...wellBehaved, delayMs: 5, drop: 0.5 }]);
      expect((await running.client.setChaos({ errorRate: 1 })).json).toEqual({ ...wellBehaved, errorRate: 1 });
      expect((await running.client.get('/v1/chaos')).json).toEqual({ ...wellBehaved, errorRate: 1 });
    });

    it.each([{ drop: 1.1 }, { drop: -0.1 }, { drop: '1' }, { delayMs: 0.5 }, { delayMs: -1 }, { delayMs: 1e9 }, { hang: 1 }, [], 'x'])('refuse %j', async (settings) => {
      expect(await running.client.setChaos(settings)).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } });
      expect((await running.client.get('/v1/chaos')).json).toEqual(wellBehaved);
    });

    it('need the key', async () => expect((await running.client.call('/v1/chaos')).status).toBe(401));
  });

  describe('of API calls', () => {
    it('fails them before or after they took effect; the same key meets the same intent', async () => {
      await running.client.setChaos({ errorRate: 1 });
      const orderId = randomUUID();
      const asked = Array.from({ length: 20 }, () => ({ key: randomUUID(), body: { orderId, paymentId: randomUUID(), amount: 5, currency: 'EUR', method: 'card_ok' } }));
      for (const { key, body } of asked) expect((await running.client.post('/v1/intents', body, { key })).status).toBe(500);
      await running.client.setChaos({});
      const answers = [];
      for (const { key, body } of asked) answers.push(await running.client.post('/v1/intents', body, { key }));
      expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 201));
      expect(new Set(answers.map(({ headers }) => headers['idempotent-replayed']))).toEqual(new Set([undefined, 'true']));
      expect((await running.client.get(`/v1/intents?orderId=${orderId}&limit=100`)).json.data).toHaveLength(20);
    });

    it('leaves them without an answer, before or after they took effect', async () => {
      await running.client.setChaos({ hangRate: 1 });
      const orderId = randomUUID();
      const given = new AbortController();
      const calls = Array.from({ length: 12 }, () =>
        running.client.post('/v1/intents', { orderId, paymentId: 'p', amount: 5, currency: 'EUR', method: 'card_ok' }, { signal: given.signal }),
      );
      const outcomes = Promise.allSettled(calls);
      await running.receiver.received(({ data }) => data.orderId === orderId, 2);
      given.abort();
      expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']));
      await running.client.setChaos({});
      const taken = (await running.client.get(`/v1/intents?orderId=${orderId}`)).json.data.length;
      expect(taken).toBeGreaterThanOrEqual(2);
      expect(taken).toBeLessThan(12);
    });

    it('does not keep the provider from stopping', async () => {
      await running.client.setChaos({ hangRate: 1 });
      const hanging = Promise.allSettled([running.client.get('/v1/intents'), running.client.get('/v1/intents')]);
      expect((await running.client.get('/v1/chaos')).json).toMatchObject({ hangRate: 1 });
      await running.stop();
      expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });

    it('spares the hosted page', async () => {
      const { json } = await running.client.createIntent('card_redirect', { returnUrl: 'http://shop.example/' });
      await running.client.setChaos({ errorRate: 1, hangRate: 1 });
      expect((await running.client.call(json.nextAction?.url ?? '')).status).toBe(200);
      expect((await running.client.press(json.nextAction?.url ?? '', 'approve')).status).toBe(303);
    });
  });

  describe('of webhooks', () => {
    it('drops them for ever', async () => {
      await running.client.setChaos({ drop: 1 });
      const lost = await pay();
      await running.client.setChaos({});
      const told = await pay();
      await running.receiver.received(of(told));
      await running.clock.advance(3_600_000);
      await running.stop();
      await running.start();
      await running.receiver.received(of(await pay()));
      expect(ids()).not.toContain(lost);
      expect((await running.client.get(`/v1/intents/${lost}`)).json).toMatchObject({ status: 'captured' });
    });

    it('doubles them, with one id', async () => {
      await running.client.setChaos({ duplicate: 1 });
      const [first, second] = await running.receiver.received(of(await pay()), 2);
      expect(second?.id).toBe(first?.id);
    });

    it('delays them', async () => {
      await running.client.setChaos({ delayMs: 60_000 });
      const late = await pay();
      await running.client.setChaos({});
      const prompt = await pay();
      await running.receiver.received(of(prompt));
      await running.clock.advance(59_999);
      expect(ids()).toEqual([prompt]);
      await running.clock.advance(1);
      await running.receiver.received(of(late));
    });

    it('lets later ones overtake them', async () => {
      await running.client.setChaos({ reorder: 1 });
      const overtaken = await pay();
      await running.client.setChaos({});
      const overtaking = await pay();
      await running.receiver.received(of(overtaken));
      expect(ids()).toEqual([overtaking, overtaken]);
    });

    it('puts them out of order also when all of them are to be', async () => {
      await running.client.setChaos({ reorder: 1 });
      const paid = [await pay(), await pay(), await pay(), await pay()];
      for (const id of paid) await running.receiver.received(of(id));
      expect(ids()).toEqual([paid[1], paid[0], paid[3], paid[2]]);
    });

    it('does not hold one back for ever when none comes after it', async () => {
      await running.client.setChaos({ reorder: 1 });
      const alone = await pay();
      await running.clock.advance(1_000);
      await running.receiver.received(of(alone));
    });
  });
});
