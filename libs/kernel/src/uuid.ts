import { createHash, randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function format(b: Uint8Array): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[b[i] ?? 0];
  }
  return text;
}

/** RFC 9562 §5.5 with this project's namespace: the same parts always give the same id. */
export function uuid5(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha1').update(NAMESPACE).update(parts.join('\u001f')).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return format(digest);
}

/** The namespace of all derived ids: never change it, stored ids depend on it. */
const NAMESPACE = Buffer.from('6f1c1d0a5d0b4c1e9d5a7c1e5b9a2f43', 'hex');

const pool = new Uint8Array(4096);
let used = pool.length;
let lastMs = 0;
let counter = 0;

/** RFC 9562 §5.7 (time-ordered), monotonic within one process: method 1 of §6.2, a 12 bit counter. */
export function uuid7(now: number): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const b = new Uint8Array(16);
  b.set(pool.subarray(used, used + 10), 6);
  used += 10;
  if (now > lastMs) {
    lastMs = now;
    counter = (((b[6] ?? 0) & 0x07) << 8) | (b[7] ?? 0);
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  let ms = lastMs;
  for (let i = 5; i >= 0; i--) {
    b[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  b[6] = 0x70 | (counter >> 8);
  b[7] = counter & 0xff;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  return format(b);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
