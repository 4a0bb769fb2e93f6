import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

export const resolveWithSystem: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** Routed on the internet: not loopback, private, link-local, carrier NAT, multicast, documentation, or a tunnel to such. */
export const isPublic = (address: string): boolean => ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';

/** The host of a URL as a resolver wants it: without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** The address that the host is one of, without asking anybody; undefined for a name. */
export function literalAddress(host: string): Address | undefined {
  if (!ipaddr.isValid(host)) return undefined;
  return { address: host, family: ipaddr.parse(host).kind() === 'ipv4' ? 4 : 6 };
}

export async function addressesOf(url: URL, resolve: Resolve): Promise<readonly Address[]> {
  const host = hostOf(url);
  const literal = literalAddress(host);
  return literal === undefined ? resolve(host) : [literal];
}
