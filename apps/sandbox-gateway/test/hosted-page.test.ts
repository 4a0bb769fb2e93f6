import { textWith } from './matchers';
import { type SandboxWithReceiver, sandboxWithReceiver } from './sandbox-with-receiver';

jest.setTimeout(60_000);

const RETURN = 'http://shop.example/return?order=7&x=<>"\'';

describe('the hosted page', () => {
  let running: SandboxWithReceiver;
  beforeAll(async () => {
    running = await sandboxWithReceiver();
  });
  afterAll(() => running.close());

  async function open(more: Readonly<Record<string, unknown>> = { returnUrl: RETURN }) {
    const { json } = await running.client.createIntent('card_redirect', more);
    return { id: json.id, url: json.nextAction?.url ?? '' };
  }
  const statusOf = async (id: string) => (await running.client.get(`/v1/intents/${id}`)).json.status;

  it('is a page with a form, under a policy without scripts', async () => {
    const { url } = await open({ returnUrl: RETURN, orderId: '<b>7</b>' });
    const { status, headers, text } = await running.client.call(url);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/shop\.example; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(text).toContain('<form method="post">');
    expect(text).toContain('€10.00');
    expect(text).toContain('&lt;b&gt;7&lt;/b&gt;');
  });

  it.each([
    ['approve', 'captured', 'decline'],
    ['decline', 'failed', 'approve'],
  ])('%s: goes back to the shop, once the ledger says %s', async (outcome, status, other) => {
    const { id, url } = await open();
    expect(await running.client.press(url, outcome)).toMatchObject({ status: 303, headers: { location: RETURN } });
    expect(await statusOf(id)).toBe(status);
    expect(await running.client.press(url, outcome)).toMatchObject({ status: 303, headers: { location: RETURN } });
    expect(await running.client.press(url, other)).toMatchObject({ status: 409, text: textWith('Back to the shop') });
    expect(await statusOf(id)).toBe(status);
    expect((await running.client.call(url)).text).not.toContain('<form');
  });

  it('has one outcome when both buttons are pressed at once', async () => {
    const { id, url } = await open();
    const answers = await Promise.all(['approve', 'decline', 'approve', 'decline'].map((outcome) => running.client.press(url, outcome)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 409, 409]);
    expect(['captured', 'failed']).toContain(await statusOf(id));
  });

  it('reserves the money when the merchant captures later', async () => {
    const { id, url } = await open({ captureLater: true });
    expect((await running.client.press(url, 'approve')).status).toBe(303);
    expect(await statusOf(id)).toBe('authorized');
  });

  it('shows how it ended when there is no shop to go back to', async () => {
    const { url } = await open({});
    expect(await running.client.press(url, 'approve')).toMatchObject({ status: 303, headers: { location: url } });
    expect((await running.client.call(url)).text).toContain('This payment was approved');
  });

  it('is over when the merchant gave up', async () => {
    const { id, url } = await open();
    await running.client.post(`/v1/intents/${id}/cancel`);
    expect(await running.client.press(url, 'approve')).toMatchObject({ status: 409, text: textWith('This payment was cancelled') });
    expect(await statusOf(id)).toBe('canceled');
  });

  it('is over when its time is, also before any timer rang', async () => {
    const { id, url } = await open({ payUntil: new Date(running.clock.now() + 60_000).toISOString() });
    await running.clock.advance(60_000);
    expect(await running.client.press(url, 'approve')).toMatchObject({ status: 409, text: textWith('The time for this payment is over') });
    expect(await running.client.call(url)).toMatchObject({ status: 200, text: textWith('The time for this payment is over') });
    expect((await running.client.get(`/v1/intents/${id}`)).json).toMatchObject({ status: 'canceled', reasonCode: 'expired' });
  });

  it('understands nothing but its two buttons', async () => {
    const { id, url } = await open();
    expect((await running.client.press(url, 'maybe')).status).toBe(400);
    expect((await running.client.call(url, { method: 'POST' })).status).toBe(400);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"outcome":"approve"}' } as const;
    expect((await running.client.call(url, json)).status).toBe(400);
    expect((await running.client.call(url, { ...json, headers: { 'content-type': 'text/xml' } })).status).toBe(415);
    expect(await statusOf(id)).toBe('requires_action');
  });

  it.each(['GET', 'POST'] as const)('answers %s for a payment that does not exist with a page', async (method) => {
    const answer = await running.client.call('/checkout/%3Cscript%3E', { method, ...(method === 'POST' ? { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'outcome=approve' } : {}) });
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, text: textWith('No such payment') });
    expect(answer.text).not.toContain('<script>');
  });

  it.each(['ftp://shop.example/', 'javascript:alert(1)', '/return', 'http://a;b/', 'http://shop.example/\r\nx: y', 'http://', 'http://shop.example/ü'])(
    'does not go back to %j',
    async (returnUrl) => expect(await running.client.createIntent('card_redirect', { returnUrl })).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } }),
  );
});
