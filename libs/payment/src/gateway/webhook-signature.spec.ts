import { Webhook } from 'standardwebhooks';
import { InvalidSignature } from './port';
import { standardWebhookVerifier } from './webhook-signature';

/** The example of the specification's reference libraries. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const seconds = 1614265330;
const body = Buffer.from('{"test": 2432232314}');
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const headers = (more: Readonly<Record<string, string | string[] | undefined>> = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': signature,
  ...more,
});

describe('verifying a Standard Webhooks signature', () => {
  const verify = standardWebhookVerifier(secret);
  const at = (now: number, more = {}, rawBody = body) => () => verify(headers(more), rawBody, now * 1000);

  it('accepts the example of the specification', () => expect(at(seconds)()).toBe(id));

  it('accepts what another implementation signed, also beyond ASCII', () => {
    const text = '{"name":"Käse \u{1f9c0}"}';
    const signed = new Webhook(secret).sign(id, new Date(seconds * 1000), text);
    expect(at(seconds, { 'webhook-signature': signed }, Buffer.from(text))()).toBe(id);
  });

  it('accepts one right signature among several, so that a secret can be changed', () =>
    expect(at(seconds, { 'webhook-signature': `v1,AAAA v1a,${signature.slice(3)} ${signature} v2,BBBB` })()).toBe(id));

  it.each([
    ['a changed body', {}, Buffer.from('{"test": 2432232315}')],
    ['another id', { 'webhook-id': 'msg_other' }, body],
    ['another time', { 'webhook-timestamp': String(seconds + 1) }, body],
    ['a signature of another version', { 'webhook-signature': `v2,${signature.slice(3)}` }, body],
    ['a shortened signature', { 'webhook-signature': signature.slice(0, -10) }, body],
    ['an empty signature', { 'webhook-signature': 'v1,' }, body],
    ['no signature', { 'webhook-signature': undefined }, body],
    ['no id', { 'webhook-id': undefined }, body],
    ['no time', { 'webhook-timestamp': undefined }, body],
    ['a time that is none', { 'webhook-timestamp': `${seconds}x` }, body],
    ['a header given twice', { 'webhook-signature': [signature, signature] }, body],
  ])('refuses %s', (_, more, rawBody) => expect(at(seconds, more, rawBody)).toThrow(InvalidSignature));

  it('refuses another secret', () => {
    const other = standardWebhookVerifier(`whsec_${Buffer.alloc(24, 1).toString('base64')}`);
    expect(() => other(headers(), body, seconds * 1000)).toThrow(InvalidSignature);
  });

  it.each([-300, 300])('bears clocks that are %s s apart', (apart) => expect(at(seconds + apart)()).toBe(id));

  it.each([-301, 301])('refuses a message %s s away from now', (apart) => expect(at(seconds + apart)).toThrow(InvalidSignature));

  it('takes no secret of another form', () => {
    expect(() => standardWebhookVerifier('s3cret')).toThrow(TypeError);
    expect(() => standardWebhookVerifier('whsec_')).toThrow(TypeError);
  });
});
