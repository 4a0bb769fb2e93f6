import type { EpochMs } from '@tillroll/kernel';

/** What a token says about its bearer. */
export interface TokenClaims {
  readonly customerId: string;
  readonly roles: readonly string[];
}

export interface VerifiedToken extends TokenClaims {
  readonly expiresAt: EpochMs;
}

export interface TokenVerifier {
  /**
   * Undefined for a token that is not valid here and now, for whatever reason.
   * Refuses with `service_unavailable` when that cannot be found out.
   */
  verify(token: string): Promise<VerifiedToken | undefined>;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
}

export interface TokenIssuer {
  issue(claims: TokenClaims): Promise<IssuedToken>;
}

/** Customers whose tokens have ended before their time: those who asked to be forgotten. */
export interface RevokedCustomers {
  isRevoked(customerId: string): boolean;
}

export const TOKEN_VERIFIER = Symbol('TokenVerifier');
export const TOKEN_ISSUER = Symbol('TokenIssuer');
export const REVOKED_CUSTOMERS = Symbol('RevokedCustomers');
