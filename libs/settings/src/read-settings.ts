import * as format from './formats';
import type { Format } from './formats';
import { InvalidSettings, type SettingFault } from './invalid-settings';
import { SANDBOX_PORT, SERVICE_PORTS, type ServiceName, type Settings } from './settings';

type Environment = Readonly<Record<string, string | undefined>>;

const ONLY_SANDBOX = 'nothing: this version only has the sandbox gateway; leave it unset';

/** Settings whose adapters do not exist yet. Ignoring one would run the shop elsewhere than its owner believes. */
const NOT_YET: readonly (readonly [setting: string, allowed: string])[] = [
  ['STRIPE_SECRET_KEY', ONLY_SANDBOX],
  ['STRIPE_WEBHOOK_SECRET', ONLY_SANDBOX],
];

/** Settings that are only told by name, never by value. */
const SECRET: ReadonlySet<string> = new Set([
  'ADMIN_PASSWORD', 'SANDBOX_KEY', 'WEBHOOK_SECRET', 'SMTP_URL', 'JWKS_URL', 'EVENTSTORE_URL', 'KAFKA_BROKERS', 'MONGODB_URL', 'SERVICE_TOKEN',
]);

export interface ReadingOptions {
  /** Decides the default of `LOG_FORMAT`. Default: standard output's. */
  readonly isTerminal?: boolean;
  /** Set for a process that is one service of several: its port, and what it cannot do without. */
  readonly service?: { readonly name: string; readonly port: number; readonly needs: readonly string[] };
}

/**
 * Reads all settings, an empty one like one that is not there. Throws {@link InvalidSettings} with every fault. Reads
 * nothing but its arguments.
 */
export function readSettings(env: Environment, { isTerminal = process.stdout.isTTY === true, service }: ReadingOptions = {}): Settings {
  const faults: SettingFault[] = [];
  const given = (setting: string): string | undefined => (env[setting] === '' ? undefined : env[setting]);

  function optional<T>(setting: string, { allowed, read }: Format<T>): T | undefined {
    const text = given(setting);
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) faults.push({ setting, given: SECRET.has(setting) ? undefined : text, allowed });
    return value;
  }
  const withDefault = <T, F extends T | undefined>(setting: string, fallback: F, by: Format<T>): T | F => optional(setting, by) ?? fallback;

  for (const [setting, allowed] of NOT_YET) if (given(setting) !== undefined) faults.push({ setting, given: undefined, allowed });

  for (const setting of service?.needs ?? [])
    if (given(setting) === undefined) faults.push({ setting, given: undefined, allowed: `a value: the ${service?.name} service, as a process of its own, does not work without it` });

  const issuer = optional('JWT_ISSUER', format.printable);
  const audience = optional('JWT_AUDIENCE', format.printable);
  const jwksUrl = optional('JWKS_URL', format.url('https', 'http'));
  const foreign = ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL'];
  if (foreign.some((setting) => given(setting) !== undefined))
    for (const setting of foreign)
      if (given(setting) === undefined)
        faults.push({ setting, given: undefined, allowed: `a value, because another of ${foreign.join(', ')} is set; or none of them` });

  const rateLimit = withDefault('RATE_LIMIT', { writes: 300, reads: 3000, signIns: 10 }, format.rateLimits);

  const brokers = optional('KAFKA_BROKERS', format.brokers);
  const partitions = withDefault('KAFKA_PARTITIONS', 8, format.wholeNumber(1, 1_000));
  const replication = withDefault('KAFKA_REPLICATION', 1, format.wholeNumber(1, 9));

  const serviceUrls = Object.fromEntries(
    Object.entries(SERVICE_PORTS).map(([name, port]) => [name, withDefault(`${name.toUpperCase()}_URL`, [`http://127.0.0.1:${port}`], format.addresses)]),
  ) as Record<ServiceName, readonly string[]>;

  const settings: Settings = {
    host: withDefault('HOST', '127.0.0.1', format.host),
    port: withDefault('PORT', service?.port ?? 3000, format.wholeNumber(0, 65535)),
    dataDirectory: withDefault('DATA_DIR', './data', format.path),
    adminEmail: withDefault('ADMIN_EMAIL', 'admin@example.com', format.email),
    adminPassword: optional('ADMIN_PASSWORD', format.password),
    demo: withDefault('DEMO', true, format.onOrOff),
    paymentWindowMs: withDefault('PAYMENT_WINDOW', 30 * 60_000, format.aDuration),
    checkoutLeaseMs: withDefault('CHECKOUT_LEASE', 2 * 60_000, format.aDuration),
    refundRetryMs: withDefault('REFUND_RETRY', [10_000, 60_000, 600_000, 3_600_000, 21_600_000], format.durations),
    rateLimit: rateLimit === 'off' ? undefined : rateLimit,
    webhookAllowPrivate: withDefault('WEBHOOK_ALLOW_PRIVATE', false, format.onOrOff),
    foreignIssuer: issuer !== undefined && audience !== undefined && jwksUrl !== undefined ? { issuer, audience, jwksUrl } : undefined,
    sandboxKey: withDefault('SANDBOX_KEY', 'sk_sandbox', format.printable),
    sandboxLateMs: withDefault('SANDBOX_LATE_MS', 5000, format.wholeNumber(0, 2 ** 31 - 1)),
    webhookSecret: optional('WEBHOOK_SECRET', format.webhookSecret),
    trustProxy: withDefault('TRUST_PROXY', 0, format.wholeNumber(0, 100)),
    eventStoreUrl: optional('EVENTSTORE_URL', format.connection('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover')),
    kafka: brokers === undefined ? undefined : { brokers, partitions, replication },
    mongodbUrl: optional('MONGODB_URL', format.connection('mongodb', 'mongodb+srv')),
    serviceToken: optional('SERVICE_TOKEN', format.serviceToken),
    serviceUrls,
    sandboxUrl: withDefault('SANDBOX_URL', service === undefined ? undefined : `http://127.0.0.1:${SANDBOX_PORT}`, format.address),
    publicUrl: optional('PUBLIC_URL', format.address),
    smtpUrl: optional('SMTP_URL', format.url('smtp', 'smtps')),
    mailFrom: withDefault('MAIL_FROM', 'Tillroll <shop@example.com>', format.mailbox),
    logLevel: withDefault('LOG_LEVEL', 'info', format.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
    logFormat: withDefault('LOG_FORMAT', isTerminal ? 'pretty' : 'json', format.oneOf('json', 'pretty')),
  };
  if (faults.length > 0) throw new InvalidSettings(faults);
  return settings;
}
