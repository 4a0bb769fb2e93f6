import { isIP } from 'node:net';
import { parseDuration } from './duration';

/** How a setting is written: what it means, undefined when it cannot be read, and what is allowed in words. */
export interface Format<T> {
  readonly allowed: string;
  readonly read: (text: string) => T | undefined;
}

const when = <T extends string>(text: string, isAllowed: boolean): T | undefined => (isAllowed ? (text as T) : undefined);

const CONTROL = /[\u0000-\u001f\u007f]/;
/** A last label of digits only would be an IPv4 address (RFC 1123 §2.1). */
const HOST_NAME = /^(?=.{1,253}$)(?!.*(?:^|\.)\d+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*$/;
const E_MAIL = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,189}$/;
const MAILBOX = /^(?:[^<>"@]{0,200}<[^\s@"<>]{1,64}@[^\s@"<>]{1,189}>|[^\s@"<>]{1,64}@[^\s@"<>]{1,189})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LONGEST_DURATION_MS = 366 * 24 * 3600 * 1000;
const DURATION_IN_WORDS = 'an ISO 8601 duration such as PT30M or P1DT12H, more than zero and at most P366D';

const duration = (text: string): number | undefined => {
  const ms = parseDuration(text);
  return ms === undefined || ms <= 0 || ms > LONGEST_DURATION_MS ? undefined : ms;
};

export const wholeNumber = (min: number, max: number): Format<number> => ({
  allowed: `a whole number from ${min} to ${max}`,
  read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
});

export const onOrOff: Format<boolean> = {
  allowed: 'on, off',
  read: (text) => (text === 'on' ? true : text === 'off' ? false : undefined),
};

export const oneOf = <const T extends string>(...values: readonly T[]): Format<T> => ({
  allowed: values.join(', '),
  read: (text) => values.find((value) => value === text),
});

export const host: Format<string> = {
  allowed: 'an IP address or a host name',
  read: (text) => when(text, isIP(text) !== 0 || HOST_NAME.test(text)),
};

export const path: Format<string> = { allowed: 'the path of a directory', read: (text) => when(text, !text.includes('\u0000')) };

export const email: Format<string> = {
  allowed: 'an e-mail address of at most 254 characters',
  read: (text) => when(text, text.length <= 254 && E_MAIL.test(text) && !CONTROL.test(text)),
};

export const mailbox: Format<string> = {
  allowed: 'an e-mail address, or a name and an address as in Shop <shop@example.com>',
  read: (text) => when(text, MAILBOX.test(text) && !CONTROL.test(text)),
};

export const password: Format<string> = {
  allowed: '8 to 128 characters',
  read: (text) => when(text, [...text].length >= 8 && [...text].length <= 128 && !text.includes('\u0000') && text.isWellFormed()),
};

export const printable: Format<string> = {
  allowed: '1 to 255 printable ASCII characters without spaces',
  read: (text) => when(text, /^[\u0021-\u007e]{1,255}$/.test(text)),
};

export const aDuration: Format<number> = { allowed: DURATION_IN_WORDS, read: duration };

export const durations: Format<readonly number[]> = {
  allowed: `1 to 100 durations, separated by commas; each ${DURATION_IN_WORDS}`,
  read(text) {
    const read = text.split(',').map((part) => duration(part.trim()));
    return read.length <= 100 && read.every((ms) => ms !== undefined) ? read : undefined;
  },
};

export interface RateLimits {
  readonly writes: number;
  readonly reads: number;
  readonly signIns: number;
}

export const rateLimits: Format<RateLimits | 'off'> = {
  allowed: 'off, or writes/reads/sign-ins a minute such as 300/3000/10, each from 1 to 1000000000',
  read(text) {
    if (text === 'off') return 'off';
    const numbers = /^\d{1,10}\/\d{1,10}\/\d{1,10}$/.test(text) ? text.split('/').map(Number) : [];
    const [writes, reads, signIns] = numbers;
    if (writes === undefined || reads === undefined || signIns === undefined) return undefined;
    return numbers.every((n) => n >= 1 && n <= 1_000_000_000) ? { writes, reads, signIns } : undefined;
  },
};

export const url = (...schemes: readonly string[]): Format<string> => ({
  allowed: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  read: (text) => when(text, URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)) && new URL(text).hostname !== ''),
});

export const webhookSecret: Format<string> = {
  allowed: 'whsec_ and 24 to 64 bytes in base64',
  read(text) {
    const encoded = text.startsWith('whsec_') ? text.slice('whsec_'.length) : undefined;
    const bytes = encoded !== undefined && BASE64.test(encoded) ? Buffer.from(encoded, 'base64').length : 0;
    return when(text, bytes >= 24 && bytes <= 64);
  },
};

/** Without the slash at its end. */
export const address: Format<string> = {
  allowed: 'a URL that begins with http:// or https://',
  read: (text) => url('http', 'https').read(text)?.replace(/\/+$/, ''),
};

export const addresses: Format<readonly string[]> = {
  allowed: 'URLs that begin with http:// or https://, separated by commas',
  read(text) {
    const read = text.split(',').map((part) => address.read(part.trim()));
    return read.every((one) => one !== undefined) ? read : undefined;
  },
};

/** The address of an engine: its client reads what comes behind the scheme, which may name several hosts. */
export const connection = (...schemes: readonly string[]): Format<string> => ({
  allowed: `a connection string that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  read: (text) => when(text, schemes.some((scheme) => text.startsWith(`${scheme}://`) && text.length > scheme.length + 3) && /^[\u0021-\u007e]+$/.test(text)),
});

const BROKER = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

export const brokers: Format<string> = {
  allowed: 'host:port, several separated by commas; with TLS or credentials kafka+ssl://user:password@host:port',
  read(text) {
    const [, hosts = ''] = /^(?:kafka(?:\+ssl)?:\/\/(?:[^\s/@]+@)?)?([^\s/@?]+)\/?(?:\?\S*)?$/.exec(text) ?? [];
    return when(text, hosts.split(',').every((host) => BROKER.test(host.trim())));
  },
};

export const serviceToken: Format<string> = {
  allowed: '16 to 255 printable ASCII characters without spaces',
  read: (text) => when(text, /^[\u0021-\u007e]{16,255}$/.test(text)),
};
