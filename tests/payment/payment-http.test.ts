import { createHmac } from 'node:crypto';
import { uuid7 } from '@tillroll/kernel';
import { PaymentPlace, WEBHOOK_SECRET } from './payment-place';

const ADMIN = `${uuid7(0)}+admin`;
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let place: PaymentPlace;
beforeEach(async () => (place = await PaymentPlace.open()));
afterEach(async () => {
  expect(await place.bus.parked()).toEqual([]);
  await place.close();
});

/** An order of a customer who has paid, or tried to. */
async function paid(method = 'card_ok') {
  const ids = await place.pay(method);
  const { orderId, customerId, paymentId } = ids;
  const placed = { orderId, customerId, requestId: paymentId, cartId: paymentId, lines: [], total: eur(5_000), address: 'sealed', placedAt: '2030-01-01T12:00:00.000Z', expiresAt: '2030-01-01T12:30:00.000Z' };
  await place.orderSays('OrderPlaced', placed);
  await place.settled();
  return ids;
}

const refund = (paymentId: string, amount: unknown, key = uuid7(Date.now()), who = ADMIN) =>
  place.call('POST', `/payments/${paymentId}/refunds`, who, { amount, reason: 'broken' }, { 'idempotency-key': key });

describe('GET /payments/{id}', () => {
  it('shows the payment to its customer and to admins, with an ETag', async () => {
    const { paymentId, orderId, customerId } = await paid();
    for (const who of [customerId, ADMIN]) {
      const { status, body, headers } = await place.call('GET', `/payments/${paymentId}`, who);
      expect(status).toBe(200);
      expect(headers.get('etag')).toMatch(/^".+"$/);
      expect(body).toEqual({
        paymentId,
        orderId,
        method: 'card_ok',
        amount: eur(5_000),
        status: 'captured',
        captured: eur(5_000),
        refunded: eur(0),
        transaction: { provider: 'sandbox', reference: expect.any(String) as string, amount: eur(5_000), time: expect.any(String) as string },
        refunds: [],
      });
    }
  });

  it('shows a stranger what it shows of a payment that does not exist', async () => {
    const { paymentId } = await paid();
    const strange = await place.call('GET', `/payments/${paymentId}`, uuid7(0));
    const missing = await place.call('GET', `/payments/${uuid7(0)}`, uuid7(0));
    expect([strange.status, missing.status]).toEqual([404, 404]);
    expect(strange.body).toEqual(missing.body);
    expect((await place.call('GET', '/payments/nonsense', ADMIN)).status).toBe(404);
    expect((await place.call('GET', `/payments/${paymentId}`, '')).status).toBe(401);
  });
});

describe('POST /payments/{id}/sync', () => {
  it('asks the provider', async () => {
    await place.chaos({ drop: 1 });
    const { paymentId, customerId } = await paid('card_redirect');
    expect((await place.call('GET', `/payments/${paymentId}`, customerId)).body).toMatchObject({ status: 'requires_action', nextAction: { type: 'redirect' } });
    await place.customerAnswers(paymentId, 'approve');
    const { status, body } = await place.call('POST', `/payments/${paymentId}/sync`, customerId);
    expect([status, body['status']]).toEqual([200, 'captured']);
    expect(body).not.toHaveProperty('nextAction');
    expect((await place.call('POST', `/payments/${paymentId}/sync`, uuid7(0))).status).toBe(404);
  });

  it('says when the provider cannot be reached', async () => {
    const { paymentId, customerId } = await paid('card_redirect');
    await place.chaos({ errorRate: 1 });
    const { status, body, headers } = await place.call('POST', `/payments/${paymentId}/sync`, customerId);
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'gateway_unavailable', '5']);
  });
});

describe('GET /orders/{id}/payments', () => {
  it('lists the payments of an order to its customer', async () => {
    const { orderId, customerId, paymentId } = await paid('card_declined');
    expect((await place.call('GET', `/orders/${orderId}/payments`, customerId)).body).toEqual({
      data: [{ paymentId, orderId, method: 'card_declined', amount: eur(5_000), status: 'failed', reasonCode: 'card_declined', captured: eur(0), refunded: eur(0), refunds: [] }],
      page: { next: null },
    });
    const strange = await place.call('GET', `/orders/${orderId}/payments`, uuid7(0));
    const missing = await place.call('GET', `/orders/${uuid7(0)}/payments`, uuid7(0));
    expect([strange.status, strange.body]).toEqual([404, missing.body]);
  });
});

describe('refunds', () => {
  it('answer 201 when the money is back, and the same again for the same key', async () => {
    const { paymentId } = await paid();
    const key = uuid7(Date.now());
    const first = await refund(paymentId, eur(2_000), key);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({ refundId: expect.any(String) as string, paymentId, amount: eur(2_000), reason: 'broken', status: 'succeeded', attempts: 1 });
    const again = await refund(paymentId, eur(2_000), key);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([201, 'true', first.body]);
    expect((await place.payment(paymentId)).refunded).toEqual(eur(2_000));
  });

  it('answer 202 while the money is not back, and are listed by status', async () => {
    const { paymentId } = await paid('card_refund_fails');
    const { status, body } = await refund(paymentId, eur(2_000));
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'failed', reasonCode: 'refund_declined', attempts: 1, nextAttemptAt: expect.any(String) as string });
    const listed = (wanted: string) => place.call('GET', `/admin/refunds?status=${wanted}`, ADMIN);
    expect((await listed('failed')).body).toMatchObject({ data: [body] });
    await place.pass(70_000);
    expect((await listed('failed')).body).toMatchObject({ data: [] });
    expect((await listed('needs_attention')).body).toMatchObject({ data: [{ refundId: body['refundId'], status: 'needs_attention', attempts: 3 }] });
    const retried = await place.call('POST', `/refunds/${String(body['refundId'])}/retry`, ADMIN);
    expect(retried).toMatchObject({ status: 202, body: { status: 'needs_attention', attempts: 4 } });
  });

  it('are refused beyond what was captured', async () => {
    const { paymentId } = await paid();
    await refund(paymentId, eur(3_000));
    expect(await refund(paymentId, eur(2_001))).toMatchObject({ status: 409, body: { code: 'refund_exceeds_captured', captured: eur(5_000), refunded: eur(3_000), pending: eur(0) } });
    const unpaid = await paid('card_declined');
    expect(await refund(unpaid.paymentId, eur(1))).toMatchObject({ status: 409, body: { code: 'refund_exceeds_captured', captured: eur(0) } });
  });

  it.each([
    ['nothing', eur(0), 400, 'validation_failed'],
    ['less than nothing', eur(-1), 400, 'validation_failed'],
    ['another currency', { amount: 1, currency: 'USD' }, 422, 'currency_mismatch'],
    ['text', { amount: '1', currency: 'EUR' }, 400, 'validation_failed'],
  ])('are refused for %s', async (_, amount, status, code) => {
    const { paymentId } = await paid();
    expect(await refund(paymentId, amount)).toMatchObject({ status, body: { code } });
  });

  it('are for admins, with a key', async () => {
    const { paymentId, customerId } = await paid();
    expect((await refund(paymentId, eur(1), 'k', customerId)).status).toBe(403);
    expect((await place.call('GET', '/admin/refunds', customerId)).status).toBe(403);
    expect(await place.call('POST', `/payments/${paymentId}/refunds`, ADMIN, { amount: eur(1), reason: 'r' })).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
    expect((await refund(uuid7(0), eur(1))).status).toBe(404);
    expect((await place.call('POST', `/refunds/${uuid7(0)}/retry`, ADMIN)).status).toBe(404);
    expect(await place.call('GET', '/admin/refunds?status=lost', ADMIN)).toMatchObject({ status: 400, body: { errors: [{ parameter: 'status' }] } });
  });
});

describe('POST /webhooks/{provider}', () => {
  const signed = (body: string, id: string, secret = WEBHOOK_SECRET) => {
    const timestamp = String(Math.floor(place.clock.now() / 1_000));
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  };
  const send = (body: string, headers: Readonly<Record<string, string>>, provider = 'sandbox') => place.call('POST', `/webhooks/${provider}`, '', body, headers);
  const message = (data: object, type = 'intent.captured') => JSON.stringify({ type, timestamp: '2030-01-01T12:00:00.000Z', data });

  it('takes what is genuine, also twice, and also what it does not know', async () => {
    const unknown = message({ any: 'thing' }, 'account.updated');
    for (let i = 0; i < 3; i++) expect((await send(unknown, signed(unknown, 'msg_1'))).status).toBe(202);
    expect(await place.history('webhook-sandbox~msg_1')).toHaveLength(1);
    const unreadable = '{"type":';
    expect((await send(unreadable, signed(unreadable, 'msg_2'))).status).toBe(202);
  });

  it('refuses what is not', async () => {
    const body = message({});
    expect(await send(body, signed(`${body} `, 'msg_3'))).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
    expect((await send(body, {})).status).toBe(401);
    expect((await send(body, signed(body, 'msg_3'), 'stripe')).status).toBe(404);
    expect(await place.history('webhook-sandbox~msg_3')).toEqual([]);
  });

  it('lists for the admin what is not what is owed', async () => {
    const { paymentId, orderId, customerId } = await paid('card_redirect');
    const { reference = '' } = await place.payment(paymentId);
    const data = { id: reference, orderId, paymentId, amount: 1, currency: 'EUR', captured: 1, refunded: 0, status: 'captured', method: 'card_redirect', updatedAt: '2030-01-01T12:00:00.000Z' };
    const body = message(data);
    expect((await send(body, signed(body, 'msg_4'))).status).toBe(202);
    await place.settled();
    expect((await place.call('GET', `/payments/${paymentId}`, customerId)).body).toMatchObject({ status: 'requires_action', captured: eur(0) });
    expect((await place.call('GET', '/admin/payment-mismatches', ADMIN)).body).toMatchObject({ data: [{ paymentId, expected: eur(5_000), given: eur(1), reference }] });
  });
});
