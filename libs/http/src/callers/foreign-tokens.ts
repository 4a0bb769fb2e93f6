import { type Clock, DomainError } from '@tillroll/kernel';
import type { Settings } from '@tillroll/settings';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { readClaims } from './token-claims';
import type { TokenVerifier } from './tokens';

/** Signatures that only the issuer can make; shared secrets and `none` are not among them. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

/** Other issuers' clocks are not ours. */
const TOLERANCE_S = 5;

/** What may become part of the names of streams. */
const SUBJECT = /^[A-Za-z0-9._:|@-]{1,128}$/;

/** The key set cannot be had now: nothing is said about the token. */
const isOutage = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';

/** Accepts the tokens of another issuer, whose public keys are fetched from its key set. A token without `roles` has none. */
export function foreignTokens({ issuer, audience, jwksUrl }: NonNullable<Settings['foreignIssuer']>, clock: Clock): TokenVerifier {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5000, cooldownDuration: 10_000 });
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ALGORITHMS,
          issuer,
          audience,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(clock.now()),
          clockTolerance: TOLERANCE_S,
        });
        return readClaims(payload, (sub) => SUBJECT.test(sub));
      } catch (error) {
        if (isOutage(error)) throw new DomainError('service_unavailable');
        return undefined;
      }
    },
  };
}
