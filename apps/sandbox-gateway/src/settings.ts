import { webhookKey } from './webhooks/sign-webhook';

/** What the environment says, checked. */
export interface SandboxSettings {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly lateMs: number;
  readonly dataDirectory: string;
  /** As browsers reach this server; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
}

/** Names the setting, what was given and what is allowed; never the value of a secret. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws {@link InvalidSetting}. An empty text is as good as none. */
export function readSandboxSettings(environment: Environment): SandboxSettings {
  const given = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const webhookUrl = webAddress('WEBHOOK_URL', given('WEBHOOK_URL'));
  return {
    host: given('HOST') ?? '127.0.0.1',
    port: wholeNumber('PORT', given('PORT') ?? '4000', 65_535),
    key: apiKey(given('SANDBOX_KEY') ?? 'sk_sandbox'),
    lateMs: wholeNumber('SANDBOX_LATE_MS', given('SANDBOX_LATE_MS') ?? '5000', 86_400_000),
    dataDirectory: given('DATA_DIR') ?? './data',
    publicUrl: webAddress('PUBLIC_URL', given('PUBLIC_URL'))?.replace(/\/+$/, ''),
    webhook: webhookUrl === undefined ? undefined : { url: webhookUrl, secret: webhookSecret(given('WEBHOOK_SECRET')) },
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw new InvalidSetting(`${name} is "${text}"; allowed is a whole number from 0 to ${most}`);
}

function apiKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new InvalidSetting('SANDBOX_KEY is not usable; allowed are 1 to 255 characters of printable ASCII without blanks');
}

function webAddress(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new InvalidSetting(`${name} is "${text}"; allowed is an http or https address`);
}

function webhookSecret(text: string | undefined): string {
  if (text === undefined) throw new InvalidSetting('WEBHOOK_SECRET is missing; WEBHOOK_URL needs one, whsec_<base64>');
  try {
    webhookKey(text);
    return text;
  } catch {
    throw new InvalidSetting('WEBHOOK_SECRET is not usable; allowed is whsec_ and at least 16 bytes in base64');
  }
}
