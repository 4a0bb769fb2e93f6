import { randomUUID } from 'node:crypto';
import { anyText, textWith } from './matchers';
import type { Call } from './sandbox-client';
import { KEY, type RunningSandbox, runSandbox, temporaryDirectory } from './running-sandbox';

jest.setTimeout(60_000);

const directory = temporaryDirectory();
const body = (more: Readonly<Record<string, unknown>> = {}) => ({ paymentId: 'p', orderId: 'o', amount: 1_000, currency: 'EUR', method: 'card_ok', ...more });

describe('the provider’s API', () => {
  let running: RunningSandbox;
  beforeAll(async () => {
    running = await runSandbox({ dataDirectory: directory.path, publicUrl: () => 'https://pay.example' });
  });
  afterAll(async () => {
    await running.close();
    directory.remove();
  });

  it.each([
    ['card_ok', 201, 'captured'],
    ['card_refund_fails', 201, 'captured'],
    ['card_redirect', 201, 'requires_action'],
    ['card_authorize', 201, 'authorized'],
    ['card_late_success', 201, 'processing'],
  ])('%s: %s %s', async (method, status, intentStatus) =>
    expect(await running.client.createIntent(method)).toMatchObject({ status, json: { status: intentStatus, method } }));

  it.each([
    ['card_declined', 'card_declined'],
    ['card_insufficient_funds', 'insufficient_funds'],
  ])('%s: 402 with the reason and the intent', async (method, reasonCode) => {
    const answer = await running.client.createIntent(method);
    expect(answer).toMatchObject({
      status: 402,
      json: { error: { code: 'payment_declined', reasonCode }, intent: { status: 'failed', reasonCode, captured: 0 } },
    });
    expect((await running.client.get(`/v1/intents/${answer.json.intent?.id}`)).json).toEqual(answer.json.intent);
  });

  it('names its pages as the settings say, never as the request does', async () => {
    const answer = await running.client.call('/v1/intents', {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json', host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      body: JSON.stringify(body({ method: 'card_redirect' })),
    });
    expect(answer.json.nextAction?.url).toBe(`https://pay.example/sandbox/checkout/${answer.json.id}`);
  });

  it('wants its key for every call', async () => {
    for (const authorization of ['', `Bearer ${KEY}x`, `Bearer ${KEY.slice(1)}`, KEY, `Basic ${KEY}`])
      expect(await running.client.call('/v1/intents', { headers: { authorization } })).toMatchObject({ status: 401, json: { error: { code: 'unauthorized' } } });
    expect((await running.client.call('/v1/intents', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })).status).toBe(401);
  });

  it('answers a repeated key with the same object as it stands now', async () => {
    const key = randomUUID();
    const first = await running.client.createIntent('card_authorize', body({ method: 'card_authorize' }), key);
    await running.client.post(`/v1/intents/${first.json.id}/capture`);
    const again = await running.client.createIntent('card_authorize', body({ method: 'card_authorize' }), key);
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, json: { id: first.json.id, status: 'captured' } });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('refuses a key that comes with another body', async () => {
    const key = randomUUID();
    await running.client.createIntent('card_ok', body(), key);
    expect(await running.client.createIntent('card_ok', body({ amount: 1 }), key)).toMatchObject({ status: 422, json: { error: { code: 'idempotency_key_reused' } } });
  });

  it('keeps no key for what it refused', async () => {
    const key = randomUUID();
    expect((await running.client.createIntent('card_unknown', {}, key)).status).toBe(400);
    expect((await running.client.createIntent('card_ok', {}, key)).status).toBe(201);
  });

  it.each(['/v1/intents', '/v1/refunds'])('POST %s needs a key of its own', async (path) => {
    const call: Call = { method: 'POST', headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: JSON.stringify(path === '/v1/intents' ? body() : { intentId: 'i', refundId: 'r', amount: 1 }) };
    expect(await running.client.call(path, call)).toMatchObject({ status: 400, json: { error: { code: 'idempotency_key_required' } } });
    expect(await running.client.call(path, { ...call, headers: { ...call.headers, 'idempotency-key': 'k'.repeat(256) } })).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } });
  });

  it.each([
    { amount: -1 },
    { amount: 1.5 },
    { amount: '1000' },
    { amount: 2 ** 53 },
    { currency: 'eur' },
    { currency: 'EURO' },
    { orderId: '' },
    { orderId: 'ö' },
    { paymentId: 7 },
    { paymentId: 'p'.repeat(256) },
    { method: null },
    { captureLater: 'yes' },
    { payUntil: 'tomorrow' },
    { payUntil: '2026-99-01T00:00:00Z' },
    { unknown: 1 },
  ])('refuses %j', async (more) =>
    expect(await running.client.createIntent('card_ok', body(more))).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } }));

  it.each([
    ['broken JSON', '{"amount":', 400],
    ['an empty body', '', 400],
    ['no object', '[]', 400],
    ['a poisoned object', JSON.stringify(body()).replace('{', '{"__proto__":{"a":1},'), 400],
    ['a number beyond all numbers', JSON.stringify(body()).replace('1000', '1e400'), 400],
    ['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000), 400],
    ['a huge body', JSON.stringify(body({ method: 'x'.repeat(200_000) })), 413],
  ])('answers %s with its error form', async (_, text, status) => {
    const headers = { authorization: `Bearer ${KEY}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
    expect(await running.client.call('/v1/intents', { method: 'POST', headers, body: text })).toMatchObject({ status, json: { error: { code: anyText } } });
  });

  it('answers another content type and another address with its error form', async () => {
    const headers = { authorization: `Bearer ${KEY}`, 'idempotency-key': randomUUID() };
    expect(await running.client.call('/v1/intents', { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: 'x' })).toMatchObject({ status: 415, json: { error: { code: 'unsupported_media_type' } } });
    for (const path of ['/v1/nothing', '/nothing', '', '/v1/intents/a/b/c']) expect(await running.client.get(path)).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
    expect((await running.client.call('/v1/intents', { method: 'PUT', headers })).status).toBe(404);
  });

  it('lists in pages, newest first', async () => {
    const orderId = randomUUID();
    const created = [];
    for (let i = 0; i < 3; i++) created.unshift((await running.client.createIntent('card_ok', { orderId })).json);
    const first = await running.client.get(`/v1/intents?orderId=${orderId}&limit=2`);
    expect(first.json).toEqual({ data: created.slice(0, 2), page: { next: anyText } });
    const second = await running.client.get(`/v1/intents?orderId=${orderId}&limit=2&cursor=${first.json.page.next}`);
    expect(second.json).toEqual({ data: created.slice(2), page: { next: null } });
    expect(created[0]).toMatchObject({ orderId, amount: 1_000, currency: 'EUR', captured: 1_000, refunded: 0, status: 'captured', method: 'card_ok' });
  });

  it.each(['limit=0', 'limit=101', 'limit=ten', 'limit=1&limit=2', 'cursor=nonsense', 'cursor='])('refuses a list with %s', async (query) =>
    expect(await running.client.get(`/v1/intents?${query}`)).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } }));

  it('refunds, and shows it', async () => {
    const { json } = await running.client.createIntent('card_ok', { orderId: 'order-1', paymentId: 'payment-1' });
    const refund = await running.client.refund(json.id, 400);
    expect(refund).toMatchObject({ status: 201, json: { intentId: json.id, orderId: 'order-1', paymentId: 'payment-1', amount: 400, currency: 'EUR', status: 'succeeded' } });
    expect((await running.client.get(`/v1/refunds/${refund.json.id}`)).json).toEqual(refund.json);
    expect(await running.client.refund(json.id, 601)).toMatchObject({ status: 409, json: { error: { code: 'refund_exceeds_captured' }, intent: { refunded: 400 } } });
  });

  it('is refused while another process has its ledger', async () => {
    await expect(runSandbox({ dataDirectory: directory.path })).rejects.toMatchObject({ message: textWith(directory.path) });
  });
});
