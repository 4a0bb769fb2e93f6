import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { money, systemClock } from '@tillroll/kernel';
import { sandboxPaymentGateway, type SandboxPaymentGatewayOptions } from './sandbox-payment-gateway';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function providerThat(answers: RequestListener, options: Partial<SandboxPaymentGatewayOptions> = {}) {
  const server = createServer(answers).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gateway = sandboxPaymentGateway({
    baseUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/v1/`,
    apiKey: 'sk_test',
    webhookSecret: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    clock: systemClock,
    ...options,
  });
  closing.push(
    () => gateway.close(),
    async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  );
  return gateway;
}

const answering =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const intent = {
  id: 'int_1',
  orderId: 'o',
  paymentId: 'p',
  amount: 5,
  currency: 'EUR',
  captured: 5,
  refunded: 0,
  status: 'captured',
  method: 'card_ok',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

describe('the sandbox adapter', () => {
  it('says who it is, with the key of the call, and sends the amount in minor units', async () => {
    let seen: unknown;
    const gateway = await providerThat((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        const { method, url, headers } = request;
        seen = { method, url, key: headers['idempotency-key'], who: headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
        response.writeHead(201).end(JSON.stringify(intent));
      });
    });
    await gateway.createIntent({
      paymentId: 'p',
      orderId: 'o',
      amount: money(5, 'EUR'),
      method: 'card_ok',
      gatewayKey: 'key-1',
      payUntil: Date.parse('2026-01-01T00:30:00Z'),
    });
    expect(seen).toEqual({
      method: 'POST',
      url: '/sandbox/v1/intents',
      key: 'key-1',
      who: 'Bearer sk_test',
      body: { paymentId: 'p', orderId: 'o', amount: 5, currency: 'EUR', method: 'card_ok', payUntil: '2026-01-01T00:30:00.000Z' },
    });
  });

  it.each([
    ['fails', answering(500, { error: { code: 'internal_error' } })],
    ['is being replaced', answering(503, 'Service Unavailable')],
    ['does not take our key', answering(401, { error: { code: 'unauthorized' } })],
    ['sends no JSON', answering(200, '<html>')],
    ['sends an intent that is none', answering(200, { ...intent, status: 'lost' })],
    ['refuses in a form that is not its own', answering(400, 'Bad Request')],
    ['sends without end', (_, response) => void response.writeHead(200).end('x'.repeat(2 * 1024 * 1024))],
    ['hangs up', (request) => void request.socket.destroy()],
    ['hangs up in the middle', (_, response) => void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy())],
  ] as readonly (readonly [string, RequestListener])[])('does not know the outcome when the provider %s', async (_, answers) => {
    const gateway = await providerThat(answers);
    await expect(gateway.getIntent('int_1')).rejects.toMatchObject({ name: 'GatewayUnavailable' });
  });

  it.each([
    ['begins to answer', () => undefined],
    ['ends its answer', (_, response) => void response.writeHead(200).write('{')],
  ] as readonly (readonly [string, RequestListener])[])('does not wait for ever for a provider that never %s', async (_, answers) => {
    const gateway = await providerThat(answers, { timeoutMs: 50 });
    await expect(gateway.getIntent('int_1')).rejects.toMatchObject({ name: 'GatewayUnavailable', message: 'the payment provider did not answer in time' });
  });

  it('counts the wait for a free connection too', async () => {
    const gateway = await providerThat(() => undefined, { timeoutMs: 50, connections: 1 });
    const outcomes = await Promise.allSettled([gateway.getIntent('a'), gateway.getIntent('b'), gateway.getIntent('c')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('passes on when to come back', async () => {
    const gateway = await providerThat(answering(429, {}, { 'retry-after': '7' }));
    await expect(gateway.getIntent('int_1')).rejects.toMatchObject({ name: 'GatewayUnavailable', retryAfterMs: 7_000 });
  });

  it('keeps what the provider says of the intent that it refuses to change', async () => {
    const gateway = await providerThat(answering(409, { error: { code: 'not_cancelable', message: 'raw text' }, intent }));
    await expect(gateway.cancel('int_1', 'key')).rejects.toMatchObject({
      name: 'GatewayRefused',
      code: 'not_cancelable',
      intent: { reference: 'int_1', status: 'captured' },
    });
  });

  it('takes a refusal for a reason that it has no word for as an invalid request', async () => {
    const gateway = await providerThat(answering(422, { error: { code: 'moon_phase' } }));
    await expect(gateway.getIntent('int_1')).rejects.toMatchObject({ name: 'GatewayRefused', code: 'invalid_request' });
  });
});
