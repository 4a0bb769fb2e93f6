import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type Clock, isUuid } from '@tillroll/kernel';
import type { SecretStore } from '@tillroll/secrets';
import { SignJWT, jwtVerify } from 'jose';
import { readClaims } from './token-claims';
import type { TokenIssuer, TokenVerifier } from './tokens';

const ISSUER = 'tillroll';
const AUDIENCE = 'tillroll';
const ALGORITHM = 'EdDSA';
const KEY = 'http/token-signing-key';
const LIFETIME_S = 3600;

async function signingKey(secrets: SecretStore): Promise<KeyObject> {
  const known = await secrets.get(KEY);
  const kept = known ?? (await secrets.putIfAbsent(KEY, generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })));
  return createPrivateKey({ key: kept, format: 'der', type: 'pkcs8' });
}

/** Tokens that the shop itself signs, with a key that it made up and keeps. They live for an hour. */
export async function openOwnTokens(secrets: SecretStore, clock: Clock): Promise<TokenIssuer & TokenVerifier> {
  const privateKey = await signingKey(secrets);
  const publicKey = createPublicKey(privateKey);
  return {
    async issue({ customerId, roles }) {
      const now = Math.floor(clock.now() / 1000);
      const accessToken = await new SignJWT({ roles: [...roles] })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(customerId)
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_S)
        .sign(privateKey);
      return { accessToken, tokenType: 'Bearer', expiresIn: LIFETIME_S };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'exp', 'roles'],
          currentDate: new Date(clock.now()),
        });
        return readClaims(payload, isUuid);
      } catch {
        return undefined;
      }
    },
  };
}
