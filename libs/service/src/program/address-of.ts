import type { AddressInfo } from 'node:net';

/** IPv6 addresses stand in brackets; an address that means "any" is shown as the loopback one. */
export function addressOf(host: string, { port }: AddressInfo): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
