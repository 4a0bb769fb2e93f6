import { DEFAULT_RETRY, delayAfter } from './retry';

describe('the wait before the next attempt', () => {
  const retry = { attempts: 9, backoffMs: 100, longestMs: 1_000 };

  it('doubles up to the longest', () =>
    expect([1, 2, 3, 4, 5, 400].map((attempt) => delayAfter(attempt, retry, 1))).toEqual([100, 200, 400, 800, 1_000, 1_000]));

  it('is drawn from its upper half', () => {
    expect(delayAfter(1, retry, 0)).toBe(50);
    expect(delayAfter(3, retry, 0.5)).toBe(300);
  });

  it('adds up to less than two seconds before an event is parked', () =>
    expect([1, 2, 3, 4].reduce((sum, attempt) => sum + delayAfter(attempt, DEFAULT_RETRY, 1), 0)).toBeLessThan(2_000));
});
