import type { JWTPayload } from 'jose';
import type { VerifiedToken } from './tokens';

const isListOfTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((element) => typeof element === 'string');

/** The claims that we use, of a token whose signature, issuer, audience and times have been checked. */
export function readClaims({ sub, exp, roles = [] }: JWTPayload, isSubject: (sub: string) => boolean): VerifiedToken | undefined {
  if (typeof sub !== 'string' || exp === undefined || !isSubject(sub) || !isListOfTexts(roles)) return undefined;
  return { customerId: sub, roles, expiresAt: exp * 1000 };
}
