import { WindowLimiter } from './window-limiter';

const limiter = (limit: number, mostKeys = 100) => new WindowLimiter({ limit, windowMs: 60_000, mostKeys });

describe('a window limiter', () => {
  it('lets exactly the limit through in a window, each key its own', () => {
    const limits = limiter(2);
    expect([0, 10, 20].map((now) => limits.take('a', now))).toEqual([0, 0, 59_980]);
    expect(limits.take('b', 20)).toBe(0);
    expect(limits.take('a', 59_999)).toBe(1);
    expect([60_000, 60_001, 60_002].map((now) => limits.take('a', now))).toEqual([0, 0, 59_998]);
  });

  it('begins again when the clock jumps back', () => {
    const limits = limiter(1);
    expect(limits.take('a', 3_600_000)).toBe(0);
    expect(limits.take('a', 3_600_001)).toBeGreaterThan(0);
    expect(limits.take('a', 0)).toBe(0);
  });

  it('remembers so many keys and no more', () => {
    const limits = limiter(1, 3);
    for (let i = 0; i < 1000; i++) limits.take(`key ${i}`, i);
    expect(limits.size).toBe(3);
    expect(limits.take('key 999', 1000)).toBeGreaterThan(0);
  });
});
