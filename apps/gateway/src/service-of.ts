import type { ServiceName } from '@tillroll/settings';

type Rule = readonly [path: RegExp, service: ServiceName, methods?: readonly string[]];

/** The first that fits. */
const RULES: readonly Rule[] = [
  [/^\/v1\/(?:accounts|sessions)$/, 'customer'],
  [/^\/v1\/me\/notices(?:\/|$)/, 'order'],
  [/^\/v1\/me(?:\/|$)/, 'customer'],
  [/^\/v1\/products(?:\/|$)/, 'inventory'],
  [/^\/v1\/admin\/shortfalls$/, 'inventory'],
  [/^\/v1\/cart(?:\/|$)/, 'cart'],
  [/^\/v1\/orders\/[^/]+\/payments$/, 'payment', ['GET', 'HEAD']],
  [/^\/v1\/orders(?:\/|$)/, 'order'],
  [/^\/v1\/events$/, 'order'],
  [/^\/v1\/admin\/(?:orders|webhook-endpoints)(?:\/|$)/, 'order'],
  [/^\/v1\/(?:payments|refunds|webhooks)(?:\/|$)/, 'payment'],
  [/^\/v1\/admin\/(?:refunds|payment-mismatches)$/, 'payment'],
];

/** The service that answers a path of the API; undefined: none does. */
export const serviceOf = (method: string, path: string): ServiceName | undefined =>
  RULES.find(([pattern, , methods]) => pattern.test(path) && (methods === undefined || methods.includes(method.toUpperCase())))?.[1];
