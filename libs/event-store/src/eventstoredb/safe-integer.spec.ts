import { safeInteger } from './safe-integer';

describe('numbers of 64 bits', () => {
  it.each([
    [0n, 0],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('takes %s', (value, expected) => expect(safeInteger(value)).toBe(expected));

  it.each([9_007_199_254_740_992n, '18446744073709551615', 'no number'])('refuses %s rather than rounding it', (value) => expect(() => safeInteger(value)).toThrow(RangeError));
});
