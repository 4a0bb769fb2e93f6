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
      eventStoreUrl: undefined,
      kafka: undefined,
      mongodbUrl: undefined,
      serviceToken: undefined,
      serviceUrls: {
        cart: ['http://127.0.0.1:3001'],
        order: ['http://127.0.0.1:3002'],
        inventory: ['http://127.0.0.1:3003'],
        payment: ['http://127.0.0.1:3004'],
        customer: ['http://127.0.0.1:3005'],
      },
      sandboxUrl: undefined,
      publicUrl: undefined,
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
    ['EVENTSTORE_URL', 'esdb://admin:changeit@one:2113,two:2113?tls=true', { eventStoreUrl: 'esdb://admin:changeit@one:2113,two:2113?tls=true' }],
    ['KAFKA_BROKERS', 'one:9092,two:9092', { kafka: { brokers: 'one:9092,two:9092', partitions: 8, replication: 1 } }],
    ['KAFKA_BROKERS', 'kafka+ssl://shop:s3cret@one:9093,two:9093', { kafka: { brokers: 'kafka+ssl://shop:s3cret@one:9093,two:9093', partitions: 8, replication: 1 } }],
    ['MONGODB_URL', 'mongodb://one:27017,two:27017/?replicaSet=rs0', { mongodbUrl: 'mongodb://one:27017,two:27017/?replicaSet=rs0' }],
    ['SERVICE_TOKEN', '0123456789abcdef', { serviceToken: '0123456789abcdef' }],
    ['ORDER_URL', 'http://one:3002/, http://two:3002', { serviceUrls: { ...read({}).serviceUrls, order: ['http://one:3002', 'http://two:3002'] } }],
    ['SANDBOX_URL', 'http://sandbox:4000', { sandboxUrl: 'http://sandbox:4000' }],
    ['PUBLIC_URL', 'https://shop.example.com/', { publicUrl: 'https://shop.example.com' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ])('%s=%s', (setting, text, meaning) => expect(read({ [setting]: text })).toEqual({ ...read({}), ...meaning }));

  it.each([
    ['HOST', 'not a host'],
    ['HOST', '999.1.1.1'],
    ['HOST', '1'],
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
    ['ORDER_URL', 'http://one,ftp://two'],
    ['KAFKA_PARTITIONS', '0'],
    ['PUBLIC_URL', 'shop.example.com'],
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
    ['EVENTSTORE_URL', 'http://user:s3cret@localhost:2113'],
    ['KAFKA_BROKERS', 'http://user:s3cret@localhost:9092'],
    ['MONGODB_URL', 'postgres://user:s3cret@localhost'],
    ['SERVICE_TOKEN', 's3cret'],
    ['STRIPE_SECRET_KEY', 'sk_test_s3cret'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_s3cret'],
  ])('never tell the value of %s', (setting, given) => {
    const { message } = faultsOf({ [setting]: given });
    expect(message).toContain(setting);
    expect(message).not.toContain('s3cret');
  });

  it('know which adapters are not there', () => {
    expect(faultsOf({ STRIPE_SECRET_KEY: 'sk' }).message).toContain('sandbox');
  });

  it('want of a separate service what it cannot do without, and give it its own port', () => {
    const service = { name: 'order', port: 3002, needs: ['MONGODB_URL', 'SERVICE_TOKEN'] };
    expect(() => readSettings({ MONGODB_URL: 'mongodb://one' }, { service })).toThrow(/^SERVICE_TOKEN: allowed: a value: the order service/);
    const settings = readSettings({ MONGODB_URL: 'mongodb://one', SERVICE_TOKEN: 'a token of 16 characters'.replaceAll(' ', '-') }, { service });
    expect(settings).toMatchObject({ port: 3002, sandboxUrl: 'http://127.0.0.1:4000' });
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
