import { hash, randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function format(b: Uint8Array): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[b[i] ?? 0];
  }
  return text;
}

/** The namespace of all derived ids: never change it, stored ids depend on it. */
const NAMESPACE = Buffer.from('6f1c1d0a5d0b4c1e9d5a7c1e5b9a2f43', 'hex');

/** The namespace, and room for the usual name behind it. */
const scratch = Buffer.concat([NAMESPACE, Buffer.alloc(496)]);

/** RFC 9562 §5.5 (version 5) with this project's namespace: the same parts always give the same id. */
export function uuid5(...parts: readonly (string | number)[]): string {
  const hex = hash('sha1', named(parts.join('\u001f')), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function named(name: string): Buffer {
  const most = NAMESPACE.length + 3 * name.length;
  if (most > scratch.length) return Buffer.concat([NAMESPACE, Buffer.from(name)]);
  return scratch.subarray(0, NAMESPACE.length + scratch.write(name, NAMESPACE.length));
}

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
