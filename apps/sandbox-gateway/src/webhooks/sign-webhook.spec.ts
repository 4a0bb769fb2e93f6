import { Webhook } from 'standardwebhooks';
import { webhookHeaders, webhookKey } from './sign-webhook';

describe('signing a webhook', () => {
  it('gives the signature of the specification’s example', () =>
    expect(webhookHeaders(webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }));

  it('is understood by another implementation', () => {
    const secret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
    const body = '{"name":"Käse"}';
    const headers = webhookHeaders(webhookKey(secret), 'evt_1', Math.floor(Date.now() / 1000), body);
    expect(new Webhook(secret).verify(body, headers)).toEqual({ name: 'Käse' });
  });

  it.each(['', 'whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c2hvcnQ='])('takes no secret like "%s"', (secret) =>
    expect(() => webhookKey(secret)).toThrow(TypeError));
});
