/** The services that can be processes of their own, and the port that each has unless told otherwise. */
export const SERVICE_PORTS = { cart: 3001, order: 3002, inventory: 3003, payment: 3004, customer: 3005 } as const;
export type ServiceName = keyof typeof SERVICE_PORTS;
export const SANDBOX_PORT = 4000;

export interface KafkaSettings {
  /** As given: `host:port`, several separated by commas, or a URL with credentials. */
  readonly brokers: string;
  /** Of each topic, when it is created. */
  readonly partitions: number;
  readonly replication: number;
}

/** What the environment variables of the same meaning say, checked. Durations in milliseconds. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly adminEmail: string;
  /** Undefined: one is made up and printed once. */
  readonly adminPassword: string | undefined;
  readonly demo: boolean;
  readonly paymentWindowMs: number;
  readonly checkoutLeaseMs: number;
  readonly refundRetryMs: readonly number[];
  /** A minute, for each caller; sign-ins for each network address and account. Undefined: off. */
  readonly rateLimit: { readonly writes: number; readonly reads: number; readonly signIns: number } | undefined;
  readonly webhookAllowPrivate: boolean;
  /** Undefined: the shop's own issuer. */
  readonly foreignIssuer: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
  readonly sandboxKey: string;
  readonly sandboxLateMs: number;
  /** `whsec_<base64>`; undefined: made up and kept. */
  readonly webhookSecret: string | undefined;
  /** How many proxies in front may be believed. */
  readonly trustProxy: number;
  /** Undefined: the embedded event store in the data directory. */
  readonly eventStoreUrl: string | undefined;
  /** Undefined: the log of the event store is the bus. */
  readonly kafka: KafkaSettings | undefined;
  /** Undefined: read models, secrets and records in the data directory. */
  readonly mongodbUrl: string | undefined;
  /** What the services of one shop show one another; undefined: this process is not one of several. */
  readonly serviceToken: string | undefined;
  /** Where the gateway finds the instances of each service, without a slash at the end. */
  readonly serviceUrls: Readonly<Record<ServiceName, readonly string[]>>;
  /** Where the stand-in payment provider is, when it is a process of its own; without a slash at the end. */
  readonly sandboxUrl: string | undefined;
  /** The shop's address as its customers know it, without a slash at the end; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly logFormat: 'json' | 'pretty';
}

/** Injection token of {@link Settings}. */
export const SETTINGS = Symbol('Settings');
