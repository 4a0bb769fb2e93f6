/** What a token says about its bearer. */
export interface TokenClaims {
  readonly customerId: string;
  readonly roles: readonly string[];
}

export interface TokenVerifier {
  /** Undefined for a token that is not valid here and now, for whatever reason. */
  verify(token: string): TokenClaims | undefined | Promise<TokenClaims | undefined>;
}

export interface TokenIssuer {
  /** Undefined lifetime: the default of one hour. */
  issue(claims: TokenClaims, lifetimeMs?: number): Promise<{ readonly accessToken: string; readonly tokenType: 'Bearer'; readonly expiresIn: number }>;
}

/** Customers whose tokens have ended before their time: those who asked to be forgotten. */
export interface RevokedCustomers {
  isRevoked(customerId: string): boolean;
}

export const TOKEN_VERIFIER = Symbol('TokenVerifier');
export const TOKEN_ISSUER = Symbol('TokenIssuer');
export const REVOKED_CUSTOMERS = Symbol('RevokedCustomers');
