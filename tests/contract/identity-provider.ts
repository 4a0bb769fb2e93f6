import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';

/** Another issuer of tokens, with its key set over HTTP. */
export interface IdentityProvider {
  /** For the shop. */
  readonly settings: Readonly<Record<string, string>>;
  /** A token of this issuer for an hour, unless the claims say otherwise. */
  token(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** With a key that is not in its key set. */
  forged(claims?: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'the-shop';
const KEY = { alg: 'ES256', kid: 'k1' };

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const [own, foreign] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(own.publicKey)), ...KEY, use: 'sig' }] });
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(keys));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  const sign = (key: typeof own.privateKey, claims: JWTPayload, header: Partial<JWTHeaderParameters>): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const payload: JWTPayload = { iss: ISSUER, aud: AUDIENCE, sub: randomUUID(), iat: now, exp: now + 3600, ...claims };
    return new SignJWT(payload).setProtectedHeader({ ...KEY, ...header }).sign(key);
  };
  return {
    settings: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWKS_URL: `http://127.0.0.1:${port}/jwks` },
    token: (claims = {}, header = {}) => sign(own.privateKey, claims, header),
    forged: (claims = {}) => sign(foreign.privateKey, claims, {}),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
