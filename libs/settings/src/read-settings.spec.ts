import { InvalidSettings } from './invalid-settings';
import { readSettings } from './read-settings';

const read = (env: Record<string, string>) => readSettings(env, { isTerminal: false });

function faultsOf(env: Record<string, string>): InvalidSettings {
  try {
    read(env);
  } catch (error) {
    if (error instanceof InvalidSettings) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('settings', () => {
  it('have defaults', () =>
    expect(read({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDirectory: './data',
      adminEmail: 'admin@example.com',
      adminPassword: undefined,
      demo: true,
      paymentWindowMs: 1_800_000,
      checkoutLeaseMs: 120_000,
      refundRetryMs: [10_000, 60_000, 600_000, 3_600_000, 21_600_000],
      rateLimit: { writes: 300, reads: 3000, signIns: 10 },
      webhookAllowPrivate: false,
      foreignIssuer: undefined,
      sandboxKey: 'sk_sandbox',
      sandboxLateMs: 5000,
      webhookSecret: undefined,
      trustProxy: 0,
      smtpUrl: undefined,
      mailFrom: 'Tillroll <shop@example.com>',
      logLevel: 'info',
      logFormat: 'json',
    }));

  it('take an empty value for none, and ignore other variables', () => expect(read({ PORT: '', EVENTSTORE_URL: '', PATH: '/bin' })).toEqual(read({})));

  it('log prettily on a terminal', () => {
    expect(readSettings({}, { isTerminal: true }).logFormat).toBe('pretty');
    expect(readSettings({ LOG_FORMAT: 'json' }, { isTerminal: true }).logFormat).toBe('json');
  });

  it.each([
    ['HOST', '::1', { host: '::1' }],
    ['HOST', 'shop.example.com', { host: 'shop.example.com' }],
    ['PORT', '0', { port: 0 }],
    ['DEMO', 'off', { demo: false }],
    ['PAYMENT_WINDOW', 'PT0.5S', { paymentWindowMs: 500 }],
    ['REFUND_RETRY', 'PT1S, PT2S', { refundRetryMs: [1000, 2000] }],
    ['RATE_LIMIT', 'off', { rateLimit: undefined }],
    ['RATE_LIMIT', '1/2/3', { rateLimit: { writes: 1, reads: 2, signIns: 3 } }],
    ['WEBHOOK_SECRET', `whsec_${Buffer.alloc(32, 7).toString('base64')}`, { webhookSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }],
    ['TRUST_PROXY', '2', { trustProxy: 2 }],
    ['SMTP_URL', 'smtps://user:pass@mail.example.com:465', { smtpUrl: 'smtps://user:pass@mail.example.com:465' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ])('%s=%s', (setting, text, meaning) => expect(read({ [setting]: text })).toEqual({ ...read({}), ...meaning }));

  it.each([
    ['HOST', 'not a host'],
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '0x10'],
    ['ADMIN_EMAIL', 'nobody'],
    ['DEMO', 'true'],
    ['PAYMENT_WINDOW', '30'],
    ['PAYMENT_WINDOW', 'PT0S'],
    ['CHECKOUT_LEASE', 'P400D'],
    ['REFUND_RETRY', 'PT1S,,PT2S'],
    ['RATE_LIMIT', '1/2'],
    ['RATE_LIMIT', '0/1/1'],
    ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
    ['SANDBOX_LATE_MS', '1.5'],
    ['TRUST_PROXY', 'true'],
    ['MAIL_FROM', 'Shop <shop@example.com>\r\nBcc: all@example.com'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
  ])('refuse %s=%j, naming it, what was given and what is allowed', (setting, given) => {
    const { faults, message } = faultsOf({ [setting]: given });
    expect(faults).toEqual([{ setting, given, allowed: faults[0]?.allowed }]);
    expect(faults[0]?.allowed).toMatch(/./);
    expect(message).toContain(setting);
    expect(message).toContain(JSON.stringify(given));
    expect(message).toContain(faults[0]?.allowed ?? 'nothing');
  });

  it.each([
    ['ADMIN_PASSWORD', 's3cret'],
    ['SANDBOX_KEY', 's3cret with spaces'],
    ['WEBHOOK_SECRET', 'whsec_s3cret'],
    ['SMTP_URL', 'http://user:s3cret@mail.example.com'],
    ['JWKS_URL', 'ftp://user:s3cret@id.example.com'],
    ['EVENTSTORE_URL', 'esdb://user:s3cret@localhost:2113'],
    ['KAFKA_BROKERS', 's3cret:9092'],
    ['MONGODB_URL', 'mongodb://user:s3cret@localhost'],
    ['STRIPE_SECRET_KEY', 'sk_test_s3cret'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_s3cret'],
  ])('never tell the value of %s', (setting, given) => {
    const { message } = faultsOf({ [setting]: given });
    expect(message).toContain(setting);
    expect(message).not.toContain('s3cret');
  });

  it('know which adapters are not there', () => {
    expect(faultsOf({ EVENTSTORE_URL: 'esdb://localhost' }).message).toContain('embedded engine');
    expect(faultsOf({ STRIPE_SECRET_KEY: 'sk' }).message).toContain('sandbox');
  });

  it('want all of a foreign issuer, or none of it', () => {
    expect(faultsOf({ JWT_ISSUER: 'https://id.example.com' }).faults.map(({ setting }) => setting)).toEqual(['JWT_AUDIENCE', 'JWKS_URL']);
    expect(read({ JWT_ISSUER: 'https://id.example.com', JWT_AUDIENCE: 'shop', JWKS_URL: 'https://id.example.com/jwks' }).foreignIssuer).toEqual({
      issuer: 'https://id.example.com',
      audience: 'shop',
      jwksUrl: 'https://id.example.com/jwks',
    });
  });

  it('tell every fault at once', () => {
    const { faults, exitCode } = faultsOf({ PORT: 'x', DEMO: 'x', RATE_LIMIT: 'x' });
    expect(faults.map(({ setting }) => setting).sort()).toEqual(['DEMO', 'PORT', 'RATE_LIMIT']);
    expect(exitCode).toBe(78);
  });
});
