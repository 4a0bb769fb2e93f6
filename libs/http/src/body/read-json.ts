import { isUtf8 } from 'node:buffer';
import type { Fault } from '../problems/refusals';
import { jsonFaults } from './json-faults';
import { DEEPEST, FORBIDDEN_KEYS, isPlainText } from './json-text';

export type ReadJson = { readonly value: unknown } | { readonly faults: readonly Fault[] };

const NOT_UTF8: ReadJson = { faults: [{ pointer: '', code: 'not_utf8', message: 'the body is not UTF-8' }] };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SMALL_U = 0x75;

/** Numbers of so many characters, without an exponent, are exact whatever they are. */
const SURELY_EXACT = 15;

/** What a look at the bytes shows; only meant for bytes that `JSON.parse` takes. */
interface Glance {
  /** Colons outside text: as many as there are keys, repeated ones included. */
  readonly colons: number;
  readonly escapesUnicode: boolean;
  /** Too deep, or a number that wants a closer look. */
  readonly suspicious: boolean;
}

function glance(bytes: Uint8Array): Glance {
  const length = bytes.length;
  let colons = 0;
  let depth = 0;
  let digits = 0;
  let escapesUnicode = false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      digits = 0;
      for (i++; i < length; i++) {
        const inside = bytes[i];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH && bytes[++i] === SMALL_U) escapesUnicode = true;
      }
    } else if (byte === COLON) {
      colons++;
      digits = 0;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEEPEST) return { colons, escapesUnicode, suspicious: true };
      digits = 0;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
      digits = 0;
    } else if (byte !== undefined && byte >= 0x2d && byte <= 0x39) {
      if (++digits > SURELY_EXACT) return { colons, escapesUnicode, suspicious: true };
    } else if ((byte === 0x65 || byte === 0x45) && digits > 0) {
      return { colons, escapesUnicode, suspicious: true };
    } else digits = 0;
  }
  return { colons, escapesUnicode, suspicious: false };
}

/** Counts the keys in a value; -1 when a key or a text is not allowed. */
function countKeys(value: unknown, checksText: boolean): number {
  if (typeof value === 'string') return checksText && !isPlainText(value) ? -1 : 0;
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      const inside = countKeys(element, checksText);
      if (inside < 0) return -1;
      keys += inside;
    }
    return keys;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record)) {
    if (FORBIDDEN_KEYS.has(key) || (checksText && !isPlainText(key))) return -1;
    const inside = countKeys(record[key], checksText);
    if (inside < 0) return -1;
    keys += inside + 1;
  }
  return keys;
}

/**
 * Reads JSON that means the same to everyone: UTF-8, no key twice in an object, no key that reaches a prototype,
 * no NUL and no lone surrogate in text, no number that a double cannot keep, at most 32 levels.
 *
 * The quick way looks at the bytes once and lets `JSON.parse` do the rest: a key that stands twice shows as a colon
 * more than there are keys. Only what looks wrong there is read again, slowly, to name each fault and its place.
 */
export function readJson(bytes: Buffer): ReadJson {
  if (!isUtf8(bytes)) return NOT_UTF8;
  const { colons, escapesUnicode, suspicious } = glance(bytes);
  const text = bytes.toString('utf8');
  let value: unknown;
  if (!suspicious) {
    try {
      value = JSON.parse(text);
    } catch {
      return { faults: syntaxFaults(text) };
    }
    if (countKeys(value, escapesUnicode) === colons) return { value };
  }
  const faults = jsonFaults(text);
  if (faults.length > 0) return { faults };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { faults: syntaxFaults(text) };
  }
}

/** `JSON.parse` has the last word on syntax, also where the slow reader sees no fault. */
function syntaxFaults(text: string): readonly Fault[] {
  const faults = jsonFaults(text);
  return faults.length > 0 ? faults : [{ pointer: '', code: 'syntax', message: 'not valid JSON' }];
}
