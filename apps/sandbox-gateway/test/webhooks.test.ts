import { sandboxPaymentGateway } from '@tillroll/payment/gateway/sandbox-payment-gateway';
import { Webhook } from 'standardwebhooks';
import { textLike } from './matchers';
import { WEBHOOK_SECRET } from './running-sandbox';
import { advanceUntil } from './advance-until';
import { type SandboxWithReceiver, sandboxWithReceiver } from './sandbox-with-receiver';
import { webhookReceiver } from './webhook-receiver';

jest.setTimeout(60_000);

const ofIntent = (id: string) => (delivery: { readonly data: Readonly<Record<string, unknown>> }) => delivery.data.id === id;

describe('webhooks of the sandbox', () => {
  let running: SandboxWithReceiver;
  beforeEach(async () => {
    running = await sandboxWithReceiver();
  });
  afterEach(() => running.close());

  it('carry the object as the API shows it, signed by the standard', async () => {
    const { json } = await running.client.createIntent('card_ok', { paymentId: 'payment-1', orderId: 'order-1' });
    const [delivery] = await running.receiver.received(ofIntent(json.id));
    expect(JSON.parse(String(delivery?.rawBody))).toEqual({ type: 'intent.captured', timestamp: '2026-01-01T00:00:00.000Z', data: json });
    expect(delivery?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': textLike(/^evt_/) });
    const signature = new Webhook(WEBHOOK_SECRET).sign(String(delivery?.id), new Date(running.clock.now()), String(delivery?.rawBody));
    expect(delivery?.headers['webhook-signature']).toBe(signature);
  });

  it('tell only of statuses reached, in the order in which they were', async () => {
    const { json } = await running.client.createIntent('card_redirect');
    await running.client.press(json.nextAction?.url ?? '', 'approve');
    await running.client.press(json.nextAction?.url ?? '', 'approve');
    await running.client.post(`/v1/intents/${json.id}/capture`);
    await running.client.refund(json.id, 1);
    await running.receiver.received(({ type }) => type === 'refund.succeeded');
    expect(running.receiver.deliveries.map(({ type }) => type).sort()).toEqual(['intent.captured', 'refund.succeeded']);
  });

  it('tell of a late success only when its time has come', async () => {
    const { json } = await running.client.createIntent('card_late_success');
    expect(json.status).toBe('processing');
    await running.clock.advance(4_999);
    expect((await running.client.get(`/v1/intents/${json.id}`)).json.status).toBe('processing');
    await running.clock.advance(1);
    const [delivery] = await running.receiver.received(ofIntent(json.id));
    expect(delivery).toMatchObject({ type: 'intent.captured', data: { captured: 1_000, updatedAt: '2026-01-01T00:00:05.000Z' } });
    expect((await running.client.get(`/v1/intents/${json.id}`)).json.status).toBe('captured');
  });

  it('tell of a late success whose time came while the provider was down', async () => {
    const { json } = await running.client.createIntent('card_late_success');
    await running.stop();
    await running.clock.advance(60_000);
    await running.start();
    await advanceUntil(running.clock, () => running.receiver.deliveries.some(ofIntent(json.id)));
    expect((await running.client.get(`/v1/intents/${json.id}`)).json.status).toBe('captured');
  });

  it('tell of a customer who never came', async () => {
    const { json } = await running.client.createIntent('card_redirect');
    await running.clock.advance(30 * 60_000);
    const [delivery] = await running.receiver.received(ofIntent(json.id));
    expect(delivery).toMatchObject({ type: 'intent.canceled', data: { reasonCode: 'expired' } });
  });

  it('are repeated, signed anew and ever more rarely, until they are acknowledged', async () => {
    const gateway = sandboxPaymentGateway({ baseUrl: 'http://127.0.0.1:1', apiKey: 'k', webhookSecret: WEBHOOK_SECRET, clock: running.clock });
    running.receiver.answerWith(500);
    const { json } = await running.client.createIntent('card_ok');
    await advanceUntil(running.clock, () => running.receiver.deliveries.length === 5);
    running.receiver.answerWith(204);
    await advanceUntil(running.clock, () => running.receiver.deliveries.length === 6);
    const last = running.receiver.deliveries.at(-1);
    expect(gateway.verifyWebhook(last?.headers ?? {}, last?.rawBody ?? '')).toMatchObject({ about: 'intent', intent: { reference: json.id } });
    await running.clock.advance(24 * 3_600_000);

    const other = await running.client.createIntent('card_ok');
    await running.receiver.received(ofIntent(other.json.id));
    const ours = running.receiver.deliveries.filter(ofIntent(json.id));
    expect(new Set(ours.map(({ id }) => id)).size).toBe(1);
    expect(ours).toHaveLength(6);
    const seconds = ours.map(({ headers }) => Number(headers['webhook-timestamp']));
    const waits = seconds.slice(1).map((at, i) => at - (seconds[i] ?? 0));
    for (const [i, least] of [0, 1, 2, 4, 8].entries()) expect(waits[i]).toBeGreaterThanOrEqual(least);
  });

  it('wait for a merchant who cannot be reached', async () => {
    const { url } = running.receiver;
    await running.receiver.close();
    const { json } = await running.client.createIntent('card_ok');
    const later = await webhookReceiver(Number(new URL(url).port));
    await advanceUntil(running.clock, () => later.deliveries.some(ofIntent(json.id)));
    await later.close();
    running = { ...running, receiver: later, close: () => running.stop() };
  });

  it('outlive a restart, and are not sent again once acknowledged', async () => {
    running.receiver.answerWith(503);
    const { json } = await running.client.createIntent('card_ok');
    const [first] = await running.receiver.received(ofIntent(json.id));
    await running.stop();
    running.receiver.answerWith(202);
    await running.start();
    const [, again] = await running.receiver.received(ofIntent(json.id), 2);
    expect([again?.id, again?.rawBody]).toEqual([first?.id, first?.rawBody]);

    const second = await running.client.createIntent('card_ok');
    await running.receiver.received(ofIntent(second.json.id));
    await advanceUntil(running.clock, () => running.clock.now() > Date.parse('2026-01-01T00:00:02Z'));
    await running.stop();
    await running.start();
    const third = await running.client.createIntent('card_ok');
    await running.receiver.received(ofIntent(third.json.id));
    expect(running.receiver.deliveries.filter(ofIntent(json.id))).toHaveLength(2);
  });
});
