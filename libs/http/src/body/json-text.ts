/** Keys that would reach an object's prototype when somebody copies the object carelessly. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** How deep objects and arrays may be nested. */
export const DEEPEST = 32;

/** Unicode text that every store and protocol can carry. */
export const isPlainText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Significant digits and power of ten: the same for all ways of writing one number. */
function canonical(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}

/** Longer ones are refused unread: no honest client writes them, and exact arithmetic on them is dear. */
const LONGEST_NUMBER = 100;

/** A JSON number survives being read as a double: read and written again it is the same number. */
export function isExact(literal: string): boolean {
  const value = Number(literal);
  return literal.length <= LONGEST_NUMBER && Number.isFinite(value) && canonical(literal) === canonical(String(value));
}
