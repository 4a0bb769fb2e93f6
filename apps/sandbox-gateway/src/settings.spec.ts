import { InvalidSetting, readSandboxSettings } from './settings';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

describe('the settings of the sandbox gateway', () => {
  it('has defaults for everything', () =>
    expect(readSandboxSettings({ PORT: '' })).toEqual({
      host: '127.0.0.1',
      port: 4000,
      key: 'sk_sandbox',
      lateMs: 5000,
      dataDirectory: './data',
      publicUrl: undefined,
      webhook: undefined,
    }));

  it('reads them', () =>
    expect(
      readSandboxSettings({
        HOST: '0.0.0.0',
        PORT: '0',
        SANDBOX_KEY: 'sk_mine',
        SANDBOX_LATE_MS: '50',
        DATA_DIR: '/data',
        PUBLIC_URL: 'https://pay.example/',
        WEBHOOK_URL: 'http://shop.example/v1/webhooks/sandbox',
        WEBHOOK_SECRET: secret,
      }),
    ).toEqual({
      host: '0.0.0.0',
      port: 0,
      key: 'sk_mine',
      lateMs: 50,
      dataDirectory: '/data',
      publicUrl: 'https://pay.example',
      webhook: { url: 'http://shop.example/v1/webhooks/sandbox', secret },
    }));

  it.each([
    [{ PORT: '70000' }, 'PORT is "70000"; allowed is a whole number from 0 to 65535'],
    [{ PORT: 'http' }, 'PORT is "http"'],
    [{ SANDBOX_LATE_MS: '-1' }, 'SANDBOX_LATE_MS is "-1"'],
    [{ SANDBOX_KEY: 'a b' }, 'SANDBOX_KEY is not usable'],
    [{ PUBLIC_URL: 'pay.example' }, 'PUBLIC_URL is "pay.example"'],
    [{ WEBHOOK_URL: 'ftp://shop.example' }, 'WEBHOOK_URL is "ftp://shop.example"'],
    [{ WEBHOOK_URL: 'http://shop.example' }, 'WEBHOOK_SECRET is missing'],
    [{ WEBHOOK_URL: 'http://shop.example', WEBHOOK_SECRET: 'hunter2hunter2' }, 'WEBHOOK_SECRET is not usable'],
  ])('refuses %j', (environment, message) => {
    expect(() => readSandboxSettings(environment)).toThrow(InvalidSetting);
    expect(() => readSandboxSettings(environment)).toThrow(message);
  });

  it('shows no secret', () =>
    expect(() => readSandboxSettings({ WEBHOOK_URL: 'http://shop.example', WEBHOOK_SECRET: 'hunter2hunter2' })).not.toThrow('hunter2'));
});
