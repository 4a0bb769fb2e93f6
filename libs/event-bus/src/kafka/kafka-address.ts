/** Where the brokers are and how to get in. */
export interface KafkaAddress {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly tls: boolean;
  /** PEM file of those whose signatures are believed; undefined: the public ones. */
  readonly caFile?: string;
  readonly credentials?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const DEFAULT_PORT = '9092';
const SHAPE = /^(?:(?<scheme>kafka|kafka\+ssl):\/\/)?(?:(?<user>[^@/?]*)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<options>.*))?$/;

/**
 * `host:port,host:port`, or `kafka+ssl://user:password@host:port,host:port?mechanism=plain&ca=/etc/ca.pem` (`kafka://`
 * without TLS). User and password are percent-encoded. The mechanism is `scram-sha-512` unless it is named.
 * Throws a `TypeError` that says what is wrong, and never the password.
 */
export function parseKafkaBrokers(text: string): KafkaAddress {
  const { scheme, user, hosts, options } = SHAPE.exec(text.trim())?.groups ?? {};
  if (hosts === undefined) throw new TypeError('expected host:port,host:port or kafka+ssl://user:password@host:port,…');
  const brokers = hosts.split(',').map((host) => brokerOf(host.trim()));
  const given = new URLSearchParams(options ?? '');
  for (const name of given.keys()) if (name !== 'mechanism' && name !== 'ca') throw new TypeError(`${name} is not an option of the brokers' address; there are mechanism and ca`);
  if (scheme === undefined && (user !== undefined || options !== undefined)) throw new TypeError('user, password and options need kafka:// or kafka+ssl:// in front');
  const caFile = given.get('ca');
  if (caFile !== null && scheme !== 'kafka+ssl') throw new TypeError('ca needs kafka+ssl://');
  return {
    brokers,
    tls: scheme === 'kafka+ssl',
    ...(caFile === null ? undefined : { caFile }),
    ...(user === undefined ? undefined : { credentials: credentialsOf(user, given.get('mechanism')) }),
  };
}

/** The address as it may be shown. */
export const withoutPassword = (text: string): string => text.replace(/^([^/@]*\/\/)?[^/@]*@/, '$1…@');

function brokerOf(host: string): string {
  const { name, port = DEFAULT_PORT } = /^(?<name>\[[0-9a-fA-F:]+\]|[^:\s]+)(?::(?<port>\d{1,5}))?$/.exec(host)?.groups ?? {};
  if (name === undefined || Number(port) > 65_535) throw new TypeError(`${host} is not host:port`);
  return `${name}:${port}`;
}

function credentialsOf(user: string, mechanism: string | null): NonNullable<KafkaAddress['credentials']> {
  const known = MECHANISMS.find((each) => each === (mechanism ?? 'scram-sha-512'));
  if (known === undefined) throw new TypeError(`${mechanism} is not a mechanism; there are ${MECHANISMS.join(', ')}`);
  const [username = '', password = ''] = user.split(/:(.*)/s).map((part) => decodeURIComponent(part));
  if (username === '' || password === '') throw new TypeError('expected user:password before the @');
  return { mechanism: known, username, password };
}
