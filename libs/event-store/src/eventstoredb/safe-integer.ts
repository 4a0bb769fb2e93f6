/** The server counts in 64 bits, we in 53: throws a `RangeError` for what does not fit. */
export function safeInteger(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
  return number;
}
