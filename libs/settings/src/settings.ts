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
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly logFormat: 'json' | 'pretty';
}

/** Injection token of {@link Settings}. */
export const SETTINGS = Symbol('Settings');
