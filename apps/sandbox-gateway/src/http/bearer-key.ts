import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an `Authorization` header carries the key. Takes the same time for every wrong one. */
export function bearerKey(key: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Bearer ${key}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}
