import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { turns } from './turns';

/** scrypt (RFC 7914): 32 MiB a hash. The parameters stand in each hash, so that they can be raised. */
const COST = { N: 2 ** 15, r: 8, p: 1 };
const KEY_BYTES = 32;

/** Hashing runs in libuv's pool of four threads, where the fsync of every write runs too: it may not take them all. */
const inTurn = turns(2);

function derive(password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  return inTurn(
    () =>
      new Promise((resolve, reject) =>
        scrypt(password.normalize('NFC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error === null ? resolve(key) : reject(error))),
      ),
  );
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Takes the same time whether or not there is a hash to compare with. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N = '', r = '', p = '', salt = '', key = ''] = (hash ?? NOBODY).split('$');
  const expected = Buffer.from(key, 'base64');
  const given = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return hash !== undefined && expected.length === given.length && timingSafeEqual(expected, given);
}

const NOBODY = ['scrypt', COST.N, COST.r, COST.p, Buffer.alloc(16).toString('base64'), Buffer.alloc(KEY_BYTES).toString('base64')].join('$');
